#pragma once
// How the observations of a latency objective are spread, column by column: GET /api/v1/slos/{id}/heatmap.

#include <cstdint>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "slo/objective.hpp"

namespace qd::slo {

struct HeatColumn {
    core::WallTime at{};                // its beginning
    std::vector<std::uint64_t> counts;  // beside the bounds: above the one before, up to this one

    bool operator==(const HeatColumn&) const = default;
};

struct Heatmap {
    SloId slo_id;
    std::int64_t step_s = 1;
    std::vector<double> bounds;       // seconds, ascending; the last is infinity; empty: never read
    std::vector<HeatColumn> columns;  // ascending; one without readings is left out

    bool operator==(const Heatmap&) const = default;
};

}  // namespace qd::slo
