#include "timeseries/past.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <type_traits>

#include "timeseries/counter_file.hpp"

namespace qd::timeseries {
namespace {

constexpr std::size_t second_tier = 0, minute_tier = 1, hour_tier = 2;
constexpr int busy_ms = 5'000;

std::int64_t rounded_up(std::int64_t value, std::int64_t step) {
    return (value + step - 1) / step * step;
}

/// When a tier's oldest kept cell begins.
std::int64_t begins_s(std::size_t tier, std::int64_t now_s) {
    const std::int64_t step_s = tiers[tier].step_s;
    return std::max<std::int64_t>(0, now_s / step_s - tiers[tier].kept + 1) * step_s;
}

template <class Read>
auto reading(const std::filesystem::path& file, Read&& read)
    -> std::invoke_result_t<Read, SQLite::Database&> {
    try {
        SQLite::Database db(file.string(), SQLite::OPEN_READONLY, busy_ms);
        return read(db);
    } catch (const std::exception& error) {
        return core::fail(core::Errc::io, "reading {}: {}", file.string(), error.what());
    }
}

std::vector<SavedCell> saved_cells(SQLite::Database& db, const std::string& slo) {
    std::vector<SavedCell> cells;
    SQLite::Statement rows(db, "SELECT tier, at, good, total, covered_s FROM cells WHERE slo = ?");
    rows.bind(1, slo);
    while (rows.executeStep()) {
        const std::int64_t tier = rows.getColumn(0).getInt64();
        if (tier < 0 || tier > std::int64_t(kept_minutes_tier)) continue;
        Cell cell;
        cell.counts = {std::uint64_t(rows.getColumn(2).getInt64()),
                       std::uint64_t(rows.getColumn(3).getInt64())};
        cell.covered_s = rows.getColumn(4).getUInt();
        cells.push_back({std::size_t(tier), rows.getColumn(1).getInt64(), cell});
    }
    return cells;
}

std::int64_t newest_second(const std::vector<SavedCell>& cells) {
    std::int64_t newest = 0;
    for (const SavedCell& saved : cells)
        if (saved.tier == second_tier) newest = std::max(newest, saved.index);
    return newest;
}

Tiers tiers_of(const std::vector<SavedCell>& cells, std::int64_t newest_s) {
    Tiers counted({});
    for (const SavedCell& saved : cells)
        if (saved.tier == kept_minutes_tier)
            counted.restore_kept_minute(saved.index, saved.cell);
        else
            counted.restore(saved.tier, saved.index, saved.cell);
    counted.restored(newest_s);
    return counted;
}

std::vector<slo::WindowEdge> window_edges() {
    std::vector<slo::WindowEdge> edges;
    for (const Tier& tier : tiers) edges.push_back({(tier.kept - 2) * tier.step_s, tier.step_s});
    return edges;
}

}  // namespace

std::vector<slo::PastCell> Tiers::past(std::int64_t from_s, std::int64_t to_s) const {
    std::vector<slo::PastCell> past;
    to_s = std::min(to_s, now_ + 1);
    const auto put = [&](std::int64_t index, std::int64_t step_s, const Cell* cell) {
        if (!cell || cell->covered_s == 0 || (index + 1) * step_s <= from_s || index * step_s >= to_s) return;
        past.push_back({index * step_s, step_s, cell->counts, cell->covered_s, cell->covered_s});
    };
    // Finer cells begin where coarser ones end.
    const std::int64_t seconds_s = rounded_up(begins_s(second_tier, now_), 60);
    const std::int64_t minutes_s =
        std::min(rounded_up(begins_s(minute_tier, now_), 3600), seconds_s / 3600 * 3600);
    const auto put_minutes = [&](std::int64_t begin_s, std::int64_t end_s) {
        for (std::int64_t minute = begin_s / 60; minute < end_s / 60; ++minute)
            put(minute, 60, find_minute(minute));
    };
    const std::int64_t oldest =
        std::max(std::max<std::int64_t>(0, from_s) / 3600, begins_s(hour_tier, now_) / 3600);
    for (std::int64_t hour = oldest; hour < minutes_s / 3600 && hour * 3600 < to_s; ++hour)
        if (kept_hours_.contains(hour))
            put_minutes(hour * 3600, (hour + 1) * 3600);
        else
            put(hour, 3600, find(hour_tier, hour));
    put_minutes(std::max(minutes_s, std::max<std::int64_t>(0, from_s) / 60 * 60), seconds_s);
    for (std::int64_t second = std::max({seconds_s, from_s, std::int64_t(0)}); second < to_s; ++second)
        put(second, 1, find(second_tier, second));
    return past;
}

slo::Past past_of(const Tiers& counted, const Tiers& looks, std::int64_t from_s, std::int64_t to_s) {
    slo::Past past;
    past.edges = window_edges();
    const auto all_looks = looks.past(0, to_s);
    if (!all_looks.empty()) past.looks_known_since_s = all_looks.front().at_s;
    const auto looked = looks.past(from_s, to_s);
    auto look = looked.begin();
    for (slo::PastCell& cell : past.cells = counted.past(from_s, to_s)) {
        // An hour of one may stand as minutes in the other.
        while (look != looked.end() && look->end_s() <= cell.at_s) ++look;
        if (look != looked.end() && look->at_s == cell.at_s && look->step_s == cell.step_s)
            cell.looked_s = std::max(cell.covered_s, look->covered_s);
    }
    std::vector<slo::PastCell> blind;
    std::size_t next = 0;
    for (const slo::PastCell& one : looked) {
        while (next < past.cells.size() && past.cells[next].end_s() <= one.at_s) ++next;
        if (next < past.cells.size() && past.cells[next].at_s < one.end_s()) continue;
        blind.push_back({one.at_s, one.step_s, {}, 0, one.covered_s});
    }
    std::vector<slo::PastCell> merged;
    std::ranges::merge(past.cells, blind, std::back_inserter(merged), {}, &slo::PastCell::at_s,
                       &slo::PastCell::at_s);
    past.cells = std::move(merged);
    return past;
}

core::Result<PastFile> PastFile::open(const std::filesystem::path& file) {
    std::error_code missing;
    if (!std::filesystem::exists(file, missing))
        return core::fail(core::Errc::not_found, "{}: there is no such file: no opsd has counted there",
                          file.string());
    return reading(file, [&](SQLite::Database& db) -> core::Result<PastFile> {
        if (db.execAndGet("PRAGMA user_version").getInt() != counter_file_version())
            return core::fail(core::Errc::corrupt, "{}: is of another version, or no counter file",
                              file.string());
        PastFile past;
        past.file_ = file;
        SQLite::Statement definitions(db, "SELECT slo, text FROM definitions ORDER BY slo");
        while (definitions.executeStep())
            past.kept_.push_back(
                {definitions.getColumn(0).getString(), definitions.getColumn(1).getString()});
        return past;
    });
}

core::Result<slo::Past> PastFile::past(const slo::Objective& objective, std::int64_t from_s,
                                       std::int64_t to_s) const {
    const std::string definition = slo::definition_of(objective);
    const Kept* found = nullptr;
    for (const Kept& kept : kept_)
        if (kept.definition == definition && (!found || kept.slo == objective.id.value)) found = &kept;
    if (found)
        return reading(file_, [&](SQLite::Database& db) -> core::Result<slo::Past> {
            db.exec("BEGIN");  // both are of the same moment
            const auto counted = saved_cells(db, found->slo), looked = saved_cells(db, looks_name);
            const std::int64_t newest = std::max(newest_second(counted), newest_second(looked));
            return past_of(tiers_of(counted, newest), tiers_of(looked, newest), from_s, to_s);
        });
    std::string stored;
    for (const Kept& kept : kept_)
        if (kept.slo != looks_name && stored.size() < 2'000)
            stored += fmt::format("\n  {}: {}", kept.slo, kept.definition);
    return core::fail(core::Errc::not_found,
                      "the SLO '{}' counts {}, of which nothing is stored; what is stored:{}",
                      objective.id.value, definition, stored.empty() ? " nothing" : stored);
}

}  // namespace qd::timeseries
