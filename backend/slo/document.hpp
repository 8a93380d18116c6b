#pragma once
// SLO files (YAML), refused with the line and the reason:
//
//   slos:
//     - id: playback-availability
//       title: Availability of playback
//       service: gateway
//       route: /media, /api/v1/stream/:id
//       objective_percent: 99.5
//       window_s: 3600
//       sla: {objective_percent: 99.5, consequence: 10 % service credit}
//       indicator:
//         kind: ratio                      # good, total
//         total: {metric: gateway_responses_total, labels: {route: "/media*|/api/v1/stream*"}}
//         good: {metric: gateway_responses_total, labels: {route: "/media*|/api/v1/stream*", code: "!5*"}}
//       # kind: latency: metric, labels, threshold_ms
//       # kind: time: bad, and good or (where that holds the bad time too) total; counters of seconds
//       rows:
//         - {short_s: 10, long_s: 60, factor: 1.2, min_events: 20, min_bad: 3, severity: 2}

#include <filesystem>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "slo/objective.hpp"

namespace qd::slo {

/// At most 200 objectives, ids unique. Errc::config.
core::Result<std::vector<Objective>> parse_document(std::string text, std::string source);
core::Result<std::vector<Objective>> load_document(const std::filesystem::path& file);

}  // namespace qd::slo
