// Sums of windows made anew, and what exclusions and the begin of a calendar window cut out of a cell.

#include <algorithm>

#include "timeseries/tiers.hpp"

namespace qd::timeseries {
namespace {

constexpr std::size_t minutes_tier = 1, hours_tier = 2;
constexpr std::int64_t hour_s = 3600;

/// Seconds of [begin, end) that lie in `spans`.
std::int64_t overlap_s(std::span<const slo::Span> spans, std::int64_t begin, std::int64_t end) {
    std::int64_t seconds = 0;
    auto span = std::ranges::upper_bound(spans, begin, {}, &slo::Span::to_s);
    for (; span != spans.end() && span->from_s < end; ++span)
        seconds += std::min(end, span->to_s) - std::max(begin, span->from_s);
    return seconds;
}

std::vector<slo::Span> from(std::int64_t begin, const std::vector<slo::Span>& spans) {
    std::vector<slo::Span> later;
    for (const slo::Span& span : spans)
        if (span.to_s > begin) later.push_back({std::max(begin, span.from_s), span.to_s});
    return later;
}

}  // namespace

Tiers::Tally& Tiers::Tally::operator+=(const Tally& other) {
    counts += other.counts;
    covered_s += other.covered_s;
    return *this;
}

Tiers::Tally& Tiers::Tally::operator-=(const Tally& other) {
    counts -= other.counts;
    covered_s -= other.covered_s;
    return *this;
}

bool Tiers::is_excluded(std::int64_t second) const {
    return !excluded_.empty() && overlap_s(excluded_, second, second + 1) > 0;
}

bool Tiers::keeps_minutes_of(std::int64_t hour) const {
    return hour * 60 > rings_[minutes_tier].newest - tiers[minutes_tier].kept || kept_hours_.contains(hour);
}

const Cell* Tiers::find_minute(std::int64_t minute) const {
    if (const auto kept = kept_hours_.find(minute / 60); kept != kept_hours_.end())
        return &kept->second[std::size_t(minute % 60)];
    return find(minutes_tier, minute);
}

Tiers::Tally Tiers::whole(std::size_t tier, std::int64_t index) const {
    const Cell* cell = find(tier, index);
    return cell ? Tally{cell->counts, cell->covered_s} : Tally{};
}

Tiers::Tally Tiers::inside(std::size_t tier, std::int64_t index, std::span<const slo::Span> spans) const {
    const std::int64_t step_s = tiers[tier].step_s;
    const std::int64_t seconds = overlap_s(spans, index * step_s, (index + 1) * step_s);
    if (seconds == 0) return {};
    if (seconds == step_s || tier != hours_tier || !keeps_minutes_of(index)) return whole(tier, index);
    Tally tally;
    for (std::int64_t minute = index * 60; minute < (index + 1) * 60; ++minute) {
        if (overlap_s(spans, minute * 60, minute * 60 + 60) == 0) continue;
        if (const Cell* cell = find_minute(minute)) tally += {cell->counts, cell->covered_s};
    }
    return tally;
}

void Tiers::sum_anew(Window& window) {
    window.sum = window.excluded = {};
    const std::int64_t step_s = tiers[window.tier].step_s;
    const bool rolling = window.since == 0;
    window.first = rolling ? first_cell_of(now_, window.length_s, step_s) : window.since / step_s;
    const std::vector<slo::Span> left_out = rolling ? excluded_ : from(window.since, excluded_);
    const slo::Span all{window.since, INT64_MAX};
    for (std::int64_t index = window.first; index <= rings_[window.tier].newest; ++index) {
        const bool cut = index * step_s < window.since;
        window.sum += cut ? inside(window.tier, index, {&all, 1}) : whole(window.tier, index);
        if (!left_out.empty()) window.excluded += inside(window.tier, index, left_out);
    }
}

void Tiers::begin_window(std::size_t index, const slo::Span& period) {
    Window& window = windows_[index];
    window.tier = hours_tier;
    window.since = period.from_s;
    window.length_s = period.length_s();
    keep_minutes();
    sum_anew(window);
}

void Tiers::set_excluded(std::vector<slo::Span> spans, std::vector<std::int64_t> edges) {
    excluded_ = std::move(spans);
    edges_ = std::move(edges);
    keep_minutes();
    for (Window& window : windows_) sum_anew(window);
}

slo::Excluded Tiers::excluded(std::size_t index) const {
    const Window& window = windows_[index];
    return {window.excluded.counts, window.excluded.covered_s, is_excluded(now_)};
}

void Tiers::keep_minutes() {
    const auto keep = [&](std::int64_t cut_s) {
        const std::int64_t hour = cut_s / hour_s;
        const bool ended = now_ >= (hour + 1) * hour_s + 60;  // late readings reach back a few seconds
        if (cut_s % hour_s == 0 || !ended || kept_hours_.contains(hour) || !keeps_minutes_of(hour)) return;
        std::vector<Cell> minutes;
        for (std::int64_t minute = hour * 60; minute < (hour + 1) * 60; ++minute) {
            const Cell* cell = find(minutes_tier, minute);
            minutes.push_back(cell ? *cell : Cell{});
        }
        kept_hours_.emplace(hour, std::move(minutes));
        ++kept_version_;
    };
    for (const slo::Span& span : excluded_) {
        keep(span.from_s);
        keep(span.to_s);
    }
    for (const std::int64_t edge : edges_) keep(edge);
    for (const Window& window : windows_)
        if (window.since > 0) keep(window.since);
    const std::int64_t oldest = rings_[hours_tier].newest - tiers[hours_tier].kept;
    while (!kept_hours_.empty() && kept_hours_.begin()->first <= oldest)
        kept_hours_.erase(kept_hours_.begin());
}

std::vector<std::pair<std::int64_t, Cell>> Tiers::kept_minutes() const {
    std::vector<std::pair<std::int64_t, Cell>> minutes;
    for (const auto& [hour, cells] : kept_hours_)
        for (std::size_t i = 0; i < cells.size(); ++i)
            minutes.emplace_back(hour * 60 + std::int64_t(i), cells[i]);
    return minutes;
}

void Tiers::restore_kept_minute(std::int64_t minute, const Cell& cell) {
    if (minute < 0) return;
    auto& cells = kept_hours_[minute / 60];
    cells.resize(60);
    cells[std::size_t(minute % 60)] = cell;
    cells[std::size_t(minute % 60)].counts.good = std::min(cell.counts.good, cell.counts.total);
}

}  // namespace qd::timeseries
