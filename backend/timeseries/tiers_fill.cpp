// History from elsewhere, put where nothing was counted.

#include <algorithm>
#include <set>

#include "timeseries/tiers.hpp"

namespace qd::timeseries {
namespace {

constexpr std::size_t by_minute = 1, by_hour = 2;
constexpr std::int64_t a_minute_s = 60, an_hour_s = 3600;

/// The first `done` of `all` equal parts of `counts`; the parts' sums are `counts`, each with good <= total.
slo::Counts share(const slo::Counts& counts, std::int64_t done, std::int64_t all) {
    __extension__ using Wide = unsigned __int128;
    slo::Counts part;
    part.total = std::uint64_t(Wide(counts.total) * Wide(done) / Wide(all));
    if (counts.total > 0) part.good = std::uint64_t(Wide(counts.good) * Wide(part.total) / counts.total);
    return part;
}

slo::Counts share_of(const slo::Counts& counts, std::int64_t part, std::int64_t all) {
    slo::Counts counted = share(counts, part + 1, all);
    return counted -= share(counts, part, all);
}

void mark(Cell& cell, const slo::Counts& counts, std::int64_t covered_s, double ratio) {
    cell.counts += counts;
    cell.covered_s += std::uint32_t(covered_s);
    if (counts.total == 0) return;
    cell.min = std::min(cell.min, float(ratio));
    cell.max = std::max(cell.max, float(ratio));
}

}  // namespace

bool Tiers::is_gap(std::int64_t begin, std::int64_t end) const {
    if (begin / a_minute_s <= rings_[by_minute].newest - tiers[by_minute].kept) {
        const Cell* cell = find(by_hour, begin / an_hour_s);
        return cell && cell->covered_s == 0;
    }
    for (std::int64_t minute = begin / a_minute_s; minute * a_minute_s < end; ++minute)
        if (const Cell* cell = find(by_minute, minute); !cell || cell->covered_s > 0) return false;
    return true;
}

std::vector<slo::Span> Tiers::gaps(std::int64_t from_s, std::int64_t to_s, std::int64_t step_s) const {
    std::vector<slo::Span> spans;
    const std::int64_t oldest = (rings_[by_hour].newest - tiers[by_hour].kept + 1) * an_hour_s;
    from_s = std::max({from_s, oldest, std::int64_t(0)});
    to_s = std::min(to_s, now_);
    for (std::int64_t begin = (from_s + step_s - 1) / step_s * step_s; begin + step_s <= to_s;
         begin += step_s)
        if (!is_gap(begin, begin + step_s))
            continue;
        else if (!spans.empty() && spans.back().to_s == begin)
            spans.back().to_s += step_s;
        else
            spans.push_back({begin, begin + step_s});
    return spans;
}

std::vector<std::pair<std::size_t, std::int64_t>> Tiers::fill(std::int64_t step_s,
                                                              std::span<const Past> history) {
    std::set<std::pair<std::size_t, std::int64_t>> touched;
    // An hour whose minutes are no longer kept is filled by several steps, or by none.
    std::set<std::int64_t> begun_hours;
    for (const Past& past : history) {
        const std::int64_t hour = past.from_s / an_hour_s, end = past.from_s + step_s;
        if (end > now_ || (!begun_hours.contains(hour) && !is_gap(past.from_s, end))) continue;
        if (past.from_s / a_minute_s <= rings_[by_minute].newest - tiers[by_minute].kept)
            begun_hours.insert(hour);
        const slo::Counts counts{std::min(past.counts.good, past.counts.total), past.counts.total};
        const double ratio = counts.good_ratio().value_or(1);
        for (std::size_t tier = 0; tier < tiers.size(); ++tier) {
            const std::int64_t cell_s = std::min(tiers[tier].step_s, step_s), cells = step_s / cell_s;
            for (std::int64_t i = 0; i < cells; ++i) {
                const std::int64_t index = (past.from_s + i * cell_s) / tiers[tier].step_s;
                if (!find(tier, index)) continue;
                mark(at(tier, index), share_of(counts, i, cells), cell_s, ratio);
                touched.insert({tier, index});
            }
        }
        if (const auto kept = kept_hours_.find(hour); kept != kept_hours_.end()) {
            for (std::int64_t i = 0; i < step_s / a_minute_s; ++i)
                mark(kept->second[std::size_t((past.from_s / a_minute_s + i) % 60)],
                     share_of(counts, i, step_s / a_minute_s), a_minute_s, ratio);
            ++kept_version_;
        }
        last_covered_ = std::max(last_covered_, end - 1);
    }
    if (!touched.empty())
        for (Window& window : windows_) sum_anew(window);
    return {touched.begin(), touched.end()};
}

}  // namespace qd::timeseries
