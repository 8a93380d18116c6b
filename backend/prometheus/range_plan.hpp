#pragma once
// Which range queries to ask, so that none is refused: Prometheus answers at most 11,000 points a series and
// query (prometheus#2253), hence 28 days in steps of 220 s.

#include <chrono>
#include <cstdint>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace qd::prometheus {

inline constexpr std::size_t max_points = 11'000;
inline constexpr std::size_t max_queries = 1'000;          // of one plan
inline constexpr std::chrono::seconds backfill_step{220};  // the finest

struct RangeQuery {
    core::WallTime from{};  // the first point
    core::WallTime to{};    // the last point, a whole number of steps later
    std::chrono::seconds step{1};

    std::size_t points() const { return std::size_t((to - from) / step) + 1; }
    bool operator==(const RangeQuery&) const = default;
};

/// Queries in order of time whose points are exactly from, from + step, … up to `to`. Errc::invalid_argument
/// for a step below 1 s or `to` before `from`; Errc::too_large when more than max_queries are needed.
core::Result<std::vector<RangeQuery>> plan_range(core::WallTime from, core::WallTime to,
                                                 std::chrono::seconds step);

/// For sums over each step before its point: the steps that lie within [from, to], on multiples of the step
/// since 1970, so that two backfills cut history at the same places. None when no whole step fits. A finer
/// step than backfill_step is Errc::invalid_argument.
core::Result<std::vector<RangeQuery>> plan_backfill(core::WallTime from, core::WallTime to,
                                                    std::chrono::seconds step = backfill_step);

}  // namespace qd::prometheus
