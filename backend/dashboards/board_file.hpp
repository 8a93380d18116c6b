#pragma once
// Dashboard files (YAML, one dashboard each), refused with the line and the reason:
//
//   id: on-call                 # a-z 0-9 '-'
//   title: On call
//   role: on-call               # on-call, release-manager, business, other
//   columns: 3                  # 1..4
//   panels:                     # at most 24, from left to right
//     - title: Error ratio by route
//       kind: chart             # chart, stat, slo, slos, text, alerts, rollouts
//       unit: percent           # count, ratio, percent, seconds, per_second, per_minute, bytes,
//                               # bytes_per_second
//       width: 2                # columns
//       height: 3               # rows of 60 pixels, 1..12: by its kind 2 (stat), 3 (chart), 5 (slos)
//       series:                 # of a chart 1..8, of a stat one
//         - label: errors       # exactly one of rate, increase, gauge, quantile, ratio:
//           ratio:
//             part: {metric: gateway_responses_total, where: {code: "5*"}}
//             of: {metric: gateway_responses_total}
//           by: route           # at most 8 lines
//         - {label: requests, rate: gateway_responses_total, where: {route: "/media*|/api/v1/stream*"}}
//         - {label: p95, quantile: gateway_request_duration_seconds, q: 0.95, where: {arm: "!canary"}}
//         - {label: playing, gauge: viewer_active}
//     - {title: Uploads, kind: stat, series: [{label: taken, increase: gateway_responses_total}]}
//     - {title: Availability, kind: slo, slo: playback-availability}
//     - {title: Read me, kind: text, text: Who to call.}
//
// `where` compares labels as in SLO files: "a|b*" any of them, "!5*" none of them. `increase` is for stats:
// what a chart's point would count depends on the zoom.

#include <filesystem>
#include <string>

#include "core/result.hpp"
#include "dashboards/dashboard.hpp"

namespace qd::dashboards {

inline constexpr std::size_t max_file_bytes = 64 << 10;

/// `source` names the file in messages. Errc::config.
core::Result<Dashboard> parse_board(std::string text, std::string source);

}  // namespace qd::dashboards
