#pragma once
// The histograms of all latency objectives, bucket by bucket: what heatmaps draw.

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "slo/heatmap.hpp"
#include "telemetry/log.hpp"
#include "timeseries/heat_cells.hpp"
#include "timeseries/heat_file.hpp"
#include "timeseries/target_counters.hpp"

namespace qd::timeseries {

/// Counts are reset-aware (they come from TargetCounters). Not thread-safe.
class HeatSeries {
public:
    /// Finite bounds of a histogram; further ones are refused and named in the log: what they would have told
    /// apart goes into the next greater bucket.
    static constexpr std::size_t max_bounds = 32;

    /// `log` outlives it. It uses slot_count() slots from `first` on.
    HeatSeries(const std::vector<slo::Objective>& objectives, Slot first, telemetry::Log& log);
    Slot slot_count() const { return Slot(heats_.size()) * slots_each; }

    /// Learns bounds as it meets them.
    void route(const SeriesRef& series, Routes& routes);
    void advance(std::int64_t second);
    /// What a target has added, in the seconds from `first` to the present one.
    void take(const Additions& additions, std::int64_t first);
    void clock_set_back(std::int64_t second);

    /// Errc::not_found when the objective is none of latency, or there is none.
    core::Result<slo::Heatmap> heatmap(const slo::SloId& id, std::int64_t from_s, std::int64_t to_s,
                                       int points) const;

    core::Result<> load(HeatFile& file, std::int64_t now_s);
    /// What is new since saved(), which is told up to when.
    std::vector<HeatFile::Batch> unsaved() const;
    void saved(std::int64_t until_s);

private:
    static constexpr std::size_t infinity_place = 0;
    static constexpr Slot slots_each = max_bounds + 1;

    struct Heat {
        slo::SloId id;
        slo::Selector histogram;
        std::vector<double> bounds;  // by place: infinity, then as they were met
        std::set<double> refused;
        HeatCells cells;
        std::int64_t saved_until = 0;

        /// Places in the order of their bounds.
        std::vector<std::size_t> ascending() const;
    };

    void learn(Heat& heat, double bound);

    Slot first_;
    telemetry::Log& log_;
    std::vector<Heat> heats_;
};

}  // namespace qd::timeseries
