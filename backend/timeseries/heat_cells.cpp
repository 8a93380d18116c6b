#include "timeseries/heat_cells.hpp"

#include <algorithm>

namespace qd::timeseries {
namespace {

std::uint32_t saturated(std::uint64_t value) {
    return std::uint32_t(std::min<std::uint64_t>(value, UINT32_MAX));
}

/// The oldest index that a tier keeps at `now`.
std::int64_t oldest_index(std::size_t tier, std::int64_t now) {
    return now / heat_tiers[tier].step_s - heat_tiers[tier].kept + 1;
}

}  // namespace

void HeatCells::advance(std::int64_t second) {
    if (second <= now_) return;
    now_ = second;
    for (std::size_t tier = 0; tier < heat_tiers.size(); ++tier)
        tiers_[tier].erase(tiers_[tier].begin(), tiers_[tier].lower_bound(oldest_index(tier, now_)));
}

void HeatCells::add(const HeatCounts& counts, std::int64_t first) {
    if (now_ == 0) return;
    for (std::size_t tier = 0; tier < heat_tiers.size(); ++tier) {
        HeatCell& cell = tiers_[tier][now_ / heat_tiers[tier].step_s];
        if (cell.counts.size() < counts.size()) cell.counts.resize(counts.size());
        for (std::size_t i = 0; i < counts.size(); ++i)
            cell.counts[i] = saturated(std::uint64_t(cell.counts[i]) + counts[i]);
    }
    // Several processes count into a second that is covered once.
    first = std::max({first, covered_until_ + 1, now_ - heat_tiers[0].kept + 1});
    for (std::int64_t second = first; second <= now_; ++second)
        for (std::size_t tier = 0; tier < heat_tiers.size(); ++tier)
            ++tiers_[tier][second / heat_tiers[tier].step_s].covered_s;
    covered_until_ = now_;
}

void HeatCells::restored(std::int64_t second) {
    now_ = second;
    for (std::size_t tier = 0; tier < heat_tiers.size(); ++tier) {
        tiers_[tier].erase(tiers_[tier].upper_bound(second / heat_tiers[tier].step_s), tiers_[tier].end());
        tiers_[tier].erase(tiers_[tier].begin(), tiers_[tier].lower_bound(oldest_index(tier, now_)));
    }
    covered_until_ = tiers_[0].empty() ? 0 : tiers_[0].rbegin()->first;
}

HeatCells::Columns HeatCells::columns(std::int64_t from_s, std::int64_t to_s, int points,
                                      std::size_t places) const {
    Columns result;
    from_s = std::max<std::int64_t>(from_s, 0);
    to_s = std::min(to_s, now_ + 1);
    points = std::clamp(points, 2, 2'000);
    if (from_s >= to_s) return result;
    std::size_t tier = 0;
    while (tier + 1 < heat_tiers.size() && (from_s / heat_tiers[tier].step_s < oldest_index(tier, now_) ||
                                            (to_s - from_s) / points >= 2 * heat_tiers[tier + 1].step_s))
        ++tier;
    const std::int64_t cell_s = heat_tiers[tier].step_s;
    const std::int64_t wanted_s = std::max<std::int64_t>(1, (to_s - from_s + points - 2) / (points - 1));
    result.step_s = (wanted_s + cell_s - 1) / cell_s * cell_s;
    const auto& cells = tiers_[tier];
    for (auto at = cells.lower_bound(from_s / result.step_s * result.step_s / cell_s);
         at != cells.end() && at->first * cell_s < to_s; ++at) {
        auto& column = result.columns[at->first * cell_s / result.step_s * result.step_s];
        column.resize(places);
        for (std::size_t i = 0; i < std::min(places, at->second.counts.size()); ++i)
            column[i] += at->second.counts[i];
    }
    return result;
}

std::vector<std::pair<std::int64_t, HeatCell>> HeatCells::cells(std::size_t tier, std::int64_t first) const {
    return {tiers_[tier].lower_bound(first), tiers_[tier].end()};
}

void HeatCells::restore(std::size_t tier, std::int64_t index, HeatCell cell) {
    if (index >= 0) tiers_[tier][index] = std::move(cell);
}

}  // namespace qd::timeseries
