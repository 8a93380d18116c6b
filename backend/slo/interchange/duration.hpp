#pragma once
// Lengths of time as the formats write them. Pure; whole seconds.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace qd::slo::interchange {

/// Prometheus and Pyrra: "4w", "1h30m", units y (365 d), w, d, h, m, s, each once and the largest first.
/// Errc::invalid_argument for anything else, for 0 and beyond 10 years.
core::Result<std::int64_t> parse_prometheus_duration(std::string_view text);
/// The same, with d as the largest unit: 2419200 -> "28d". `seconds` > 0.
std::string prometheus_duration(std::int64_t seconds);

/// OpenSLO's shorthand: one number and one of m, h, d, w. M, Q and Y have no fixed length and are refused.
core::Result<std::int64_t> parse_openslo_duration(std::string_view text);
/// The same; a part of a minute counts as a whole one, for the shorthand has no seconds.
std::string openslo_duration(std::int64_t seconds);

}  // namespace qd::slo::interchange
