#include "timeseries/tiers.hpp"

#include <algorithm>

namespace qd::timeseries {
namespace {

std::size_t tier_for(std::int64_t length_s) {
    for (std::size_t tier = 0; tier < tiers.size(); ++tier)
        if (length_s / tiers[tier].step_s + 2 <= tiers[tier].kept) return tier;
    return tiers.size() - 1;
}

std::int64_t round_up(std::int64_t value, std::int64_t step) {
    return (value + step - 1) / step * step;
}

}  // namespace

Tiers::Tiers(std::vector<std::int64_t> windows) {
    for (std::size_t tier = 0; tier < tiers.size(); ++tier)
        rings_[tier].pages.resize(std::size_t(tiers[tier].kept) / Ring::page_cells + 1);
    for (const std::int64_t length : windows) windows_.push_back({length, tier_for(length)});
}

Cell& Tiers::at(std::size_t tier, std::int64_t index) {
    const auto place = std::size_t(index % tiers[tier].kept);
    auto& page = rings_[tier].pages[place / Ring::page_cells];
    if (!page) page = std::make_unique<Ring::Page>();
    return (*page)[place % Ring::page_cells];
}

void Tiers::clear(std::size_t tier, std::int64_t index) {
    const auto place = std::size_t(index % tiers[tier].kept);
    if (auto& page = rings_[tier].pages[place / Ring::page_cells]) (*page)[place % Ring::page_cells] = Cell{};
}

const Cell* Tiers::find(std::size_t tier, std::int64_t index) const {
    const Ring& ring = rings_[tier];
    if (index > ring.newest || index <= ring.newest - tiers[tier].kept || index < 0) return nullptr;
    static const Cell empty;
    const auto place = std::size_t(index % tiers[tier].kept);
    const auto& page = ring.pages[place / Ring::page_cells];
    return page ? &(*page)[place % Ring::page_cells] : &empty;
}

void Tiers::advance(std::int64_t second) {
    if (second <= now_) return;
    for (Window& window : windows_) {
        if (window.since > 0) continue;  // nothing leaves it
        const std::int64_t first = first_cell_of(second, window.length_s, tiers[window.tier].step_s);
        const std::int64_t newest = rings_[window.tier].newest;
        if (first > newest) {
            window.sum = window.excluded = {};
        } else {
            for (std::int64_t index = window.first; index < first; ++index) {
                window.sum -= whole(window.tier, index);
                if (!excluded_.empty()) window.excluded -= inside(window.tier, index, excluded_);
            }
        }
        window.first = first;
    }
    for (std::size_t tier = 0; tier < tiers.size(); ++tier) {
        Ring& ring = rings_[tier];
        const std::int64_t newest = second / tiers[tier].step_s;
        const std::int64_t first = std::max(ring.newest + 1, newest - tiers[tier].kept + 1);
        for (std::int64_t index = first; index <= newest; ++index) clear(tier, index);
        ring.newest = newest;
    }
    const bool new_minute = second / 60 != now_ / 60;
    now_ = second;
    if (new_minute) keep_minutes();
}

void Tiers::cover(std::int64_t second) {
    if (const Cell* cell = find(0, second); !cell || cell->covered_s > 0) return;
    const bool left_out = is_excluded(second);
    for (std::size_t tier = 0; tier < tiers.size(); ++tier) {
        const std::int64_t index = second / tiers[tier].step_s;
        if (!find(tier, index)) continue;
        ++at(tier, index).covered_s;
        for (Window& window : windows_)
            if (window.tier == tier && index >= window.first && second >= window.since) {
                ++window.sum.covered_s;
                window.excluded.covered_s += left_out;
            }
    }
    last_covered_ = std::max(last_covered_, second);
}

void Tiers::cover_since(std::int64_t first) {
    first = std::max(first, now_ - tiers[0].kept + 1);
    for (std::int64_t second = first; second <= now_; ++second) cover(second);
}

void Tiers::add(const slo::Counts& added) {
    if (now_ == 0) return;
    cover(now_);
    const slo::Counts counts{std::min(added.good, added.total), added.total};
    Cell& second = at(0, now_);
    for (std::size_t tier = 0; tier < tiers.size(); ++tier)
        at(tier, now_ / tiers[tier].step_s).counts += counts;
    const bool left_out = is_excluded(now_);
    for (Window& window : windows_) {
        if (now_ < window.since) continue;
        window.sum.counts += counts;
        if (left_out) window.excluded.counts += counts;
    }
    const auto ratio = second.counts.good_ratio();
    if (!ratio) return;
    second.min = second.max = float(*ratio);
    for (std::size_t tier = 1; tier < tiers.size(); ++tier) {
        Cell& cell = at(tier, now_ / tiers[tier].step_s);
        auto& [min, max] = extremes_before_[tier];
        if (extremes_second_ != now_) min = cell.min, max = cell.max;
        cell.min = std::min(min, second.min);
        cell.max = std::max(max, second.max);
    }
    extremes_second_ = now_;
}

slo::WindowReading Tiers::window(std::size_t index) const {
    const Window& window = windows_[index];
    slo::WindowReading reading{window.length_s, 0, window.sum.counts};
    reading.counts -= window.excluded.counts;
    reading.covered_s = std::max<std::int64_t>(
        0, std::clamp<std::int64_t>(window.sum.covered_s, 0, window.length_s) - window.excluded.covered_s);
    return reading;
}

slo::History Tiers::history(std::int64_t from_s, std::int64_t to_s, int points) const {
    slo::History history;
    from_s = std::max<std::int64_t>(from_s, 0);
    to_s = std::min(to_s, now_ + 1);
    points = std::clamp(points, 2, 2000);
    if (from_s >= to_s) return history;
    std::size_t tier = 0;
    // Neither what is no longer kept so finely, nor minutes summed from thousands of seconds.
    while (tier + 1 < tiers.size() &&
           (from_s / tiers[tier].step_s <= rings_[tier].newest - tiers[tier].kept ||
            (to_s - from_s) / points >= 2 * tiers[tier + 1].step_s))
        ++tier;
    const std::int64_t cell_s = tiers[tier].step_s;
    const std::int64_t step_s =
        round_up(std::max<std::int64_t>(1, (to_s - from_s + points - 2) / (points - 1)), cell_s);
    history.step_s = step_s;
    for (std::int64_t begin = from_s / step_s * step_s; begin < to_s; begin += step_s) {
        Cell sum;
        for (std::int64_t index = begin / cell_s; index < (begin + step_s) / cell_s; ++index) {
            const Cell* cell = find(tier, index);
            if (!cell || cell->covered_s == 0) continue;
            sum.counts += cell->counts;
            sum.covered_s += cell->covered_s;
            sum.min = std::min(sum.min, cell->min);
            sum.max = std::max(sum.max, cell->max);
        }
        if (sum.covered_s == 0) continue;
        slo::HistoryPoint point{core::WallTime(std::chrono::seconds(begin)), sum.counts, {}, {}};
        if (sum.counts.total > 0) {
            point.min = std::min(double(sum.min), *sum.counts.good_ratio());
            point.max = std::max(double(sum.max), *sum.counts.good_ratio());
        }
        history.points.push_back(point);
    }
    return history;
}

std::vector<std::pair<std::int64_t, Cell>> Tiers::cells(std::size_t tier, std::int64_t first) const {
    std::vector<std::pair<std::int64_t, Cell>> cells;
    first = std::max(first, rings_[tier].newest - tiers[tier].kept + 1);
    for (std::int64_t index = std::max<std::int64_t>(first, 0); index <= rings_[tier].newest; ++index)
        if (const Cell* cell = find(tier, index); cell && cell->covered_s > 0)
            cells.emplace_back(index, *cell);
    return cells;
}

void Tiers::restore(std::size_t tier, std::int64_t index, const Cell& cell) {
    Ring& ring = rings_[tier];
    if (index < 0 || index <= ring.newest - tiers[tier].kept) return;
    // Cells come in any order: those between the newest so far and this one are empty.
    for (std::int64_t k = std::max(ring.newest + 1, index - tiers[tier].kept + 1); k <= index; ++k)
        clear(tier, k);
    ring.newest = std::max(ring.newest, index);
    at(tier, index) = cell;
    at(tier, index).counts.good = std::min(cell.counts.good, cell.counts.total);
    at(tier, index).covered_s = std::uint32_t(std::min<std::int64_t>(cell.covered_s, tiers[tier].step_s));
}

void Tiers::restored(std::int64_t second) {
    now_ = second;
    extremes_second_ = 0;
    last_covered_ = 0;
    for (std::size_t tier = 0; tier < tiers.size(); ++tier) {
        Ring& ring = rings_[tier];
        const std::int64_t newest = second / tiers[tier].step_s;
        // What lies ahead is forgotten; what has no cell yet is empty.
        const std::int64_t low = std::min(newest, ring.newest), high = std::max(newest, ring.newest);
        for (std::int64_t index = std::max(low + 1, high - tiers[tier].kept + 1); index <= high; ++index)
            clear(tier, index);
        ring.newest = newest;
    }
    std::erase_if(kept_hours_, [&](const auto& kept) { return kept.first >= second / 3600; });
    for (Window& window : windows_) sum_anew(window);
    for (std::size_t tier = 0; tier < tiers.size() && last_covered_ == 0; ++tier) {
        const auto known = cells(tier, 0);
        if (!known.empty())
            last_covered_ = std::min(second, (known.back().first + 1) * tiers[tier].step_s - 1);
    }
}

}  // namespace qd::timeseries
