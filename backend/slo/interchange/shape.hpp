#pragma once
// Which indicator two queries make. Pure.

#include "core/result.hpp"
#include "slo/indicator.hpp"
#include "slo/interchange/promql.hpp"

namespace qd::slo::interchange {

/// Good among all. X_bucket{le="0.3"} in X_count with otherwise the same labels is a latency of 300 ms, any
/// other pair of counters a ratio. Errc::invalid_argument for a bucket without its count or its bound.
core::Result<Indicator> indicator_of_good(const Query& good, const Query& total);

/// Bad among all. What is good is all without the bad: both queries must have the same metric and labels but
/// for one label that the bad ones have besides. Errc::invalid_argument for other pairs.
core::Result<Indicator> indicator_of_bad(const Query& bad, const Query& total);

/// The bound of a bucket as an le label's value: "0.3", "1" (written by some as "1.0", see le_matcher).
std::string le_text(double threshold_s);
/// le="0.3"; for whole numbers le=~"1|1\\.0", as exporters differ there.
std::string le_matcher(double threshold_s);

}  // namespace qd::slo::interchange
