#pragma once
// OpenSLO v1 (https://github.com/OpenSLO/OpenSLO), both ways.
//
// Read: documents of kind SLO with an indicator of their own or an indicatorRef to a document of kind SLI in
// the same file; ratioMetric of good or bad and total as Prometheus queries (see promql.hpp), or
// thresholdMetric of a gauge with op and value in the objectives; a rolling timeWindow, or a calendar's that
// is a whole day, week, month or quarter; budgetingMethod Occurrences or Timeslices; one objective or more
// (`target` or `targetPercent`), which become "<name>-1", "<name>-2", … when there are several. What OpenSLO
// cannot say stands in annotations:
//   quarterdeck.org/rows            burn rows with their ends and outage rows, as JSON (slo/codec.hpp);
//                                   without it Google's set
//   quarterdeck.org/absent          {"after_s": 60, "severity": 3}
//   quarterdeck.org/policy          {"freeze_rollouts": true}
//   quarterdeck.org/sla             {"objective": 0.995, "consequence": "10 % service credit"}
//   quarterdeck.org/route           the routes it speaks of
//   quarterdeck.org/window-seconds  a window that is no whole number of minutes
//   quarterdeck.org/timeslice-seconds  slices that are no whole number of minutes
//   quarterdeck.org/indicator: time (in the indicator's metadata) counters of seconds, bad ones and all, or
//                                   bad ones and "bad + good"; bool_gauge: a thresholdMetric of >= 1
// Everything else is refused with its line, or noted where it changes nothing (see Reading).

#include <vector>

#include "core/config.hpp"
#include "slo/interchange/reading.hpp"

namespace qd::slo::interchange {

namespace annotation {
inline constexpr const char* rows = "quarterdeck.org/rows";
inline constexpr const char* sla = "quarterdeck.org/sla";
inline constexpr const char* route = "quarterdeck.org/route";
inline constexpr const char* window_seconds = "quarterdeck.org/window-seconds";
inline constexpr const char* slice_seconds = "quarterdeck.org/timeslice-seconds";
inline constexpr const char* absent = "quarterdeck.org/absent";
inline constexpr const char* policy = "quarterdeck.org/policy";
inline constexpr const char* indicator = "quarterdeck.org/indicator";
}  // namespace annotation

/// The documents of one file. Errc::config with "file:line: 'key' reason".
core::Result<Reading> read_openslo(std::vector<core::ConfigReader> documents);

/// One document an objective; read_openslo() gives the same objectives back. Errc::invalid_argument, naming
/// the objective, for labels that PromQL cannot say, and those of can_be_written() (refusals.hpp).
core::Result<std::string> write_openslo(const std::vector<Objective>& objectives);

}  // namespace qd::slo::interchange
