#include "timeseries/heat_file.hpp"

#include <cmath>
#include <limits>
#include <string_view>

#include "timeseries/exposition.hpp"

namespace qd::timeseries {
namespace {

constexpr std::array<std::string_view, 1> heat_migrations{R"(
    CREATE TABLE histograms (slo TEXT PRIMARY KEY, definition TEXT NOT NULL, bounds TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE buckets (
        slo TEXT NOT NULL, tier INTEGER NOT NULL, at INTEGER NOT NULL, covered_s INTEGER NOT NULL, counts BLOB NOT NULL,
        PRIMARY KEY (slo, tier, at)
    ) WITHOUT ROWID;
)"};

constexpr std::size_t most_places = 64;  // more than are ever made

std::string bounds_text(const std::vector<double>& bounds) {
    std::string text;
    for (const double bound : bounds)
        text +=
            (text.empty() ? "" : " ") + (std::isinf(bound) ? std::string("+Inf") : fmt::format("{}", bound));
    return text;
}

core::Result<std::vector<double>> bounds_of(std::string_view text) {
    std::vector<double> bounds;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        const auto bound = parse_value(text.substr(0, end));
        if (!bound || std::isnan(*bound) || bounds.size() >= most_places)
            return core::fail(core::Errc::corrupt, "stored bounds of a histogram make no sense");
        bounds.push_back(*bound);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return bounds;
}

core::Result<std::vector<SavedHeatCell>> select_cells(SQLite::Database& db, const std::string& slo) {
    std::vector<SavedHeatCell> cells;
    SQLite::Statement rows(db, "SELECT tier, at, covered_s, counts FROM buckets WHERE slo = ?");
    rows.bind(1, slo);
    while (rows.executeStep()) {
        const std::int64_t tier = rows.getColumn(0).getInt64();
        if (tier < 0 || tier >= std::int64_t(heat_tiers.size())) continue;
        const SQLite::Column blob = rows.getColumn(3);
        const auto size = std::size_t(blob.getBytes());
        auto counts = unpack_counts({static_cast<const char*>(blob.getBlob()), size}, most_places);
        if (!counts) return core::Failure(counts.error());
        cells.push_back({std::size_t(tier),
                         rows.getColumn(1).getInt64(),
                         {std::move(*counts), rows.getColumn(2).getUInt()}});
    }
    return cells;
}

}  // namespace

std::string pack_counts(const HeatCounts& counts) {
    std::size_t used = counts.size();
    while (used > 0 && counts[used - 1] == 0) --used;
    std::string bytes;
    for (std::size_t i = 0; i < used; ++i) {
        std::uint32_t value = counts[i];
        for (; value >= 0x80; value >>= 7) bytes += char(value | 0x80);
        bytes += char(value);
    }
    return bytes;
}

core::Result<HeatCounts> unpack_counts(std::string_view bytes, std::size_t most) {
    HeatCounts counts;
    std::uint64_t value = 0;
    int shift = 0;
    for (const char byte : bytes) {
        value |= std::uint64_t(byte & 0x7f) << shift;
        shift += 7;
        if (byte & 0x80 && shift < 35) continue;
        if (byte & 0x80 || value > UINT32_MAX || counts.size() >= most)
            return core::fail(core::Errc::corrupt, "stored counts of a histogram make no sense");
        counts.push_back(std::uint32_t(value));
        value = 0;
        shift = 0;
    }
    if (shift != 0) return core::fail(core::Errc::corrupt, "stored counts of a histogram end too early");
    return counts;
}

core::Result<std::unique_ptr<HeatFile>> HeatFile::open(const std::filesystem::path& file) {
    auto database = storage::Database::open(file, heat_migrations, {.durable = false});
    if (!database) return core::Failure(database.error());
    return std::unique_ptr<HeatFile>(new HeatFile(std::move(*database)));
}

core::Result<SavedHeat> HeatFile::load(const std::string& slo, const std::string& definition) {
    return database_->write("reading buckets", [&](SQLite::Database& db) -> core::Result<SavedHeat> {
        SQLite::Statement known(db, "SELECT bounds FROM histograms WHERE slo = ? AND definition = ?");
        known.bind(1, slo);
        known.bind(2, definition);
        if (known.executeStep()) {
            auto bounds = bounds_of(known.getColumn(0).getString());
            if (!bounds) return core::Failure(bounds.error());
            auto cells = select_cells(db, slo);
            if (!cells) return core::Failure(cells.error());
            return SavedHeat{std::move(*bounds), std::move(*cells)};
        }
        SQLite::Statement forget(db, "DELETE FROM buckets WHERE slo = ?");
        forget.bind(1, slo);
        forget.exec();
        SQLite::Statement define(
            db, "INSERT OR REPLACE INTO histograms (slo, definition, bounds) VALUES (?, ?, '')");
        define.bind(1, slo);
        define.bind(2, definition);
        define.exec();
        return SavedHeat{};
    });
}

core::Result<> HeatFile::save(const std::vector<Batch>& batches) {
    return database_->write("saving buckets", [&](SQLite::Database& db) -> core::Result<> {
        SQLite::Statement bounds(db, "UPDATE histograms SET bounds = ?2 WHERE slo = ?1 AND bounds <> ?2");
        SQLite::Statement insert(
            db, "INSERT OR REPLACE INTO buckets (slo, tier, at, covered_s, counts) VALUES (?, ?, ?, ?, ?)");
        for (const Batch& batch : batches) {
            bounds.bind(1, batch.slo);
            bounds.bind(2, bounds_text(batch.heat.bounds));
            bounds.exec();
            bounds.reset();
            for (const SavedHeatCell& saved : batch.heat.cells) {
                const std::string counts = pack_counts(saved.cell.counts);
                insert.bind(1, batch.slo);
                insert.bind(2, std::int64_t(saved.tier));
                insert.bind(3, saved.index);
                insert.bind(4, std::int64_t(saved.cell.covered_s));
                insert.bind(5, counts.data(), int(counts.size()));
                insert.exec();
                insert.reset();
            }
        }
        return {};
    });
}

core::Result<> HeatFile::trim(std::int64_t now_s) {
    return database_->write("trimming buckets", [&](SQLite::Database& db) -> core::Result<> {
        for (std::size_t tier = 0; tier < heat_tiers.size(); ++tier) {
            SQLite::Statement forget(db, "DELETE FROM buckets WHERE tier = ? AND at <= ?");
            forget.bind(1, std::int64_t(tier));
            forget.bind(2, now_s / heat_tiers[tier].step_s - heat_tiers[tier].kept);
            forget.exec();
        }
        return {};
    });
}

}  // namespace qd::timeseries
