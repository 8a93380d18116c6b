#pragma once
// Good and all events of an indicator, read from a source: now, and as history.

#include <cstdint>
#include <optional>
#include <vector>

#include "prometheus/promql.hpp"
#include "prometheus/source.hpp"
#include "slo/counts.hpp"

namespace qd::prometheus {

struct CountReading {
    std::optional<slo::Counts> counts;  // nothing: no data. Never good > total
    bool partial = false;
};

/// Over the `window_s` seconds up to `at` (or the source's now), rounded to whole events. Good events that
/// were never counted are none, all events that were never counted are no data.
core::Result<CountReading> read_counts(Source& source, const slo::Indicator& indicator, std::int64_t window_s,
                                       std::optional<core::WallTime> at = std::nullopt);

struct CountPoint {
    core::WallTime at{};  // the end of its step
    slo::Counts counts;

    bool operator==(const CountPoint&) const = default;
};

struct CountHistory {
    std::vector<CountPoint> points;  // in order; a span without data is missing
    bool partial = false;
};

/// The whole steps within [from, to], each backfill_step or longer. What rounding takes from one point, the
/// next gets: any run of points is right within one event. Asks two range queries for each 28 days.
core::Result<CountHistory> backfill(Source& source, const slo::Indicator& indicator, core::WallTime from,
                                    core::WallTime to, std::chrono::seconds step = backfill_step);

}  // namespace qd::prometheus
