#pragma once
// The last two hours by the second and by arm: what a rollout's judge compares and what the charts draw.

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "timeseries/arm_counts.hpp"
#include "timeseries/target_counters.hpp"

namespace qd::timeseries {

/// One line of a chart; seconds without a reading have no point.
struct ChartLine {
    std::string label;  // "stable", "canary", "baseline", "all"
    std::vector<std::pair<core::WallTime, double>> points;
};

struct Chart {
    std::string name;
    std::string unit;
    std::int64_t step_s = 1;
    std::vector<ChartLine> lines;
};

/// How plays went is read from what players reported to the platform (player_*), whoever plays; what
/// simulated viewers say of themselves (viewer_*) are the same plays, and would count twice. But for their
/// number and the pictures that are compared. Not thread-safe.
class ArmSeries {
public:
    static constexpr std::array<std::string_view, 3> arms{"stable", "canary", "baseline"};
    static constexpr std::int64_t kept_s = 2 * 3600;
    static constexpr std::size_t max_bounds = 24;  // of a histogram; further ones are left out
    /// How many slots it uses, from the one given to the constructor on.
    static constexpr Slot slots_per_arm = 12 + 2 * max_bounds;
    static constexpr Slot slot_count = slots_per_arm * arms.size() + 2;

    explicit ArmSeries(Slot first);

    /// Learns histogram bounds as it meets them.
    void route(const SeriesRef& series, Routes& routes);

    void advance(std::int64_t second);
    void take(const Additions& additions);

    /// Seconds [from_s, to_s), cut to what is kept. An arm that is not known is empty.
    ArmCounts counts(std::string_view arm, std::int64_t from_s, std::int64_t to_s) const;
    /// Names as in opsclient::series. Nothing for another name.
    std::optional<Chart> chart(std::string_view name, std::int64_t from_s, std::int64_t to_s,
                               int points) const;

private:
    enum Field : Slot {
        total,
        bad,
        latency_count,
        startup_count,
        watch,
        stall,
        viewer_errors,
        stalled_sessions,
        pictures,
        different_pictures,
        ssim_count,
        ssim_sum,
        buckets
    };
    /// Sums of one second; floats are exact for whole numbers up to 2^24.
    struct Cell {
        std::array<float, slots_per_arm> values{};
        bool covered = false;
    };
    struct Histogram {
        std::string_view metric;
        Slot offset;
        std::vector<double> bounds;
    };

    std::optional<std::size_t> bound_index(Histogram& histogram, std::string_view le);
    Cell* find(std::size_t arm, std::int64_t second);
    const Cell* find(std::size_t arm, std::int64_t second) const;
    std::vector<BucketCount> buckets_of(const Histogram& histogram,
                                        const std::array<double, slots_per_arm>& sums, Slot count) const;
    ArmCounts to_counts(const std::array<double, slots_per_arm>& sums, std::int64_t covered_s) const;
    ChartLine line(std::string_view name, std::size_t arm, std::int64_t from_s, std::int64_t to_s,
                   std::int64_t step_s) const;

    Slot first_;
    Histogram latency_{"gateway_request_duration_seconds", buckets, {}};
    Histogram startup_{"player_startup_seconds", buckets + max_bounds, {}};
    std::array<std::vector<Cell>, arms.size()> rings_;
    std::vector<float> viewers_;  // NaN: not known
    std::int64_t now_ = 0;
};

}  // namespace qd::timeseries
