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
//       # kind: threshold: metric, labels, op (lt, lte, gt, gte), value; each reading of the gauge is judged
//       # kind: bool_gauge: metric, labels; each reading of 1 is good
//       # kind: time: bad, and good or (where that holds the bad time too) total; counters of seconds
//       # kind: promql: good, total: PromQL whose answers are cumulative counters; needs a source
//       rows:
//         - {short_s: 10, long_s: 60, factor: 1.2, min_events: 20, min_bad: 3, severity: 2}
//       # a row also takes clear_share: 0.75 and clear_s: 10 (its end; see BurnRow)
//
// An objective may also have:
//
//       window: {calendar: month, time_zone: Europe/Berlin}  # instead of window_s; day, week, month, quarter
//       timeslices: {slice_s: 60, target_percent: 95}  # the budget is of slices instead of occurrences
//       outage: {min_events: 20, severity: 1}          # a row that fires on total failure within 15 s
//       absent: {after_s: 60, severity: 3}             # an alert when nothing can be read
//       policy: {freeze_rollouts: true}                # no rollout starts on an exhausted budget
//       group_by: [route]                              # and one for each value: at most 5 labels, 50 groups
//       source: production                             # a Prometheus of opsd's configuration; by default
//                                                      # (and as "site") the site's own scrape
//
// Every key, with what it defaults to; one without must be given. Keys that are not listed are refused.
//   slos[]          id (1-64 of a-z 0-9 -), title (1-200 bytes), service "", route "", objective_percent
//                   (0-100, both excluded), window_s (60 to 90 days) or window, sla none, indicator, rows
//                   (1-8), timeslices, outage, absent, policy: none, source site, group_by none (at most 5
//                   labels; a group of each of their values is an objective of its own)
//   window          calendar (day, week, month, quarter), time_zone UTC (IANA)
//   sla             objective_percent (at most the objective's), consequence "" (at most 300 bytes)
//   indicator       kind; ratio: good, total. time: bad, and good or total. latency: metric, labels,
//                   threshold_ms (0.001 to 3600000; a bound of the histogram). threshold: metric, labels, op,
//                   value. bool_gauge: metric, labels. promql: good and total as expressions; of a source
//   good, total, bad  metric, labels {}: at most 16, "a|b*" or "!a|b*" with at most 32 patterns
//   rows[]          short_s (1 s or more, below long_s), long_s (at most the window), factor (above 0, at
//                   most 1 / (1 - objective)), min_events 1, min_bad 1, severity 2 (1-4), clear_share 0.75,
//                   clear_s 0 (short_s; at most a day)
//   timeslices      slice_s (divides an hour, at most every row's short_s), target_percent (above 0 to 100)
//   outage          min_events 10, severity 1
//   absent          after_s 60 (10 s to a day), severity 3
//   policy          freeze_rollouts false

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "slo/objective.hpp"

namespace qd::slo {

/// The name of the site's own scrape among the sources.
inline constexpr std::string_view site_source = "site";

/// At most 200 objectives, ids unique. With `sources`, an objective may name only those. Errc::config.
core::Result<std::vector<Objective>> parse_document(std::string text, std::string source,
                                                    const std::set<std::string>* sources = nullptr);
core::Result<std::vector<Objective>> load_document(const std::filesystem::path& file,
                                                   const std::set<std::string>* sources = nullptr);

}  // namespace qd::slo
