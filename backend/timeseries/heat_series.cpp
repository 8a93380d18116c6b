#include "timeseries/heat_series.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "timeseries/objective_counter.hpp"

namespace qd::timeseries {
namespace {

constexpr std::size_t most_told_bounds = 8;
constexpr double unbounded = std::numeric_limits<double>::infinity();

/// Which histogram it is, whatever the threshold.
std::string histogram_text(const slo::Selector& histogram) {
    return slo::describe(slo::Indicator(slo::LatencyIndicator{histogram, 0}));
}

}  // namespace

HeatSeries::HeatSeries(const std::vector<slo::Objective>& objectives, Slot first, telemetry::Log& log)
    : first_(first), log_(log) {
    for (const slo::Objective& objective : objectives)
        if (const auto* latency = std::get_if<slo::LatencyIndicator>(&objective.indicator))
            heats_.push_back({objective.id, latency->histogram, {unbounded}, {}, {}, 0});
}

void HeatSeries::learn(Heat& heat, double bound) {
    if (std::ranges::find(heat.bounds, bound) != heat.bounds.end()) return;
    if (heat.bounds.size() <= max_bounds) {
        heat.bounds.push_back(bound);
        return;
    }
    if (heat.refused.size() >= most_told_bounds || !heat.refused.insert(bound).second) return;
    log_.warning("a histogram has more bounds than are kept for heatmaps; one is left out",
                 {{"slo", heat.id.value}, {"bound_s", bound}, {"kept", max_bounds}});
}

void HeatSeries::route(const SeriesRef& series, Routes& routes) {
    constexpr std::string_view suffix = "_bucket";
    if (!series.name.ends_with(suffix)) return;
    const std::string_view metric = series.name.substr(0, series.name.size() - suffix.size());
    for (std::size_t i = 0; i < heats_.size(); ++i) {
        Heat& heat = heats_[i];
        if (!selects(heat.histogram, metric, series)) continue;
        const auto bound = parse_value(series.label("le"));
        if (!bound || std::isnan(*bound)) continue;
        learn(heat, *bound);
        const auto place = std::ranges::find(heat.bounds, *bound) - heat.bounds.begin();
        if (std::size_t(place) < heat.bounds.size())
            routes.counters.push_back(first_ + Slot(i) * slots_each + Slot(place));
    }
}

void HeatSeries::advance(std::int64_t second) {
    for (Heat& heat : heats_) heat.cells.advance(second);
}

void HeatSeries::take(const Additions& additions, std::int64_t first) {
    if (!additions.counted) return;
    for (std::size_t i = 0; i < heats_.size(); ++i) {
        Heat& heat = heats_[i];
        const Slot slots = first_ + Slot(i) * slots_each;
        if (!additions.touched[slots + infinity_place]) continue;
        HeatCounts counts(heat.bounds.size());
        double below = 0;  // buckets are cumulative
        for (const std::size_t place : heat.ascending()) {
            if (!additions.touched[slots + place]) continue;  // a bound that this process does not have
            const double upto = additions.values[slots + place];
            counts[place] = std::uint32_t(std::clamp(upto - below, 0.0, double(UINT32_MAX)));
            below = std::max(below, upto);
        }
        heat.cells.add(counts, first);
    }
}

std::vector<std::size_t> HeatSeries::Heat::ascending() const {
    std::vector<std::size_t> places(bounds.size());
    std::iota(places.begin(), places.end(), 0);
    std::ranges::sort(places, {}, [&](std::size_t place) { return bounds[place]; });
    return places;
}

void HeatSeries::clock_set_back(std::int64_t second) {
    for (Heat& heat : heats_) {
        heat.cells.restored(second);
        heat.saved_until = std::min(heat.saved_until, second);
    }
}

core::Result<slo::Heatmap> HeatSeries::heatmap(const slo::SloId& id, std::int64_t from_s, std::int64_t to_s,
                                               int points) const {
    const auto heat = std::ranges::find(heats_, id, &Heat::id);
    if (heat == heats_.end())
        return core::fail(core::Errc::not_found,
                          "the SLO '{}' has no heatmap: only those of kind latency have a histogram",
                          id.value);
    slo::Heatmap map{id, 1, {}, {}};
    const auto places = heat->ascending();
    // Infinity alone: no bucket was ever met.
    if (places.size() > 1)
        for (const std::size_t place : places) map.bounds.push_back(heat->bounds[place]);
    const auto found = heat->cells.columns(from_s, to_s, points, places.size());
    map.step_s = found.step_s;
    if (map.bounds.empty()) return map;
    for (const auto& [at, by_place] : found.columns) {
        slo::HeatColumn column{core::WallTime(std::chrono::seconds(at)), {}};
        for (const std::size_t place : places) column.counts.push_back(by_place[place]);
        map.columns.push_back(std::move(column));
    }
    return map;
}

core::Result<> HeatSeries::load(HeatFile& file, std::int64_t now_s) {
    for (Heat& heat : heats_) {
        auto saved = file.load(heat.id.value, histogram_text(heat.histogram));
        if (!saved) return core::Failure(saved.error());
        if (!saved->bounds.empty() && saved->bounds.size() <= max_bounds + 1 &&
            std::isinf(saved->bounds[infinity_place])) {
            heat.bounds = std::move(saved->bounds);
            for (SavedHeatCell& cell : saved->cells)
                heat.cells.restore(cell.tier, cell.index, std::move(cell.cell));
        }
        heat.cells.restored(now_s);
        heat.saved_until = now_s;
    }
    return {};
}

std::vector<HeatFile::Batch> HeatSeries::unsaved() const {
    std::vector<HeatFile::Batch> batches;
    for (const Heat& heat : heats_) {
        HeatFile::Batch batch{heat.id.value, {heat.bounds, {}}};
        for (std::size_t tier = 0; tier < heat_tiers.size(); ++tier)
            for (auto& [index, cell] : heat.cells.cells(tier, heat.saved_until / heat_tiers[tier].step_s))
                batch.heat.cells.push_back({tier, index, std::move(cell)});
        batches.push_back(std::move(batch));
    }
    return batches;
}

void HeatSeries::saved(std::int64_t until_s) {
    for (Heat& heat : heats_) heat.saved_until = std::min(until_s, heat.cells.now());
}

}  // namespace qd::timeseries
