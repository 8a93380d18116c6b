#pragma once
// Prometheus rules for objectives, and the tests that promtool runs on them. Pure.
//
// Recorded for each window w of the rows and of the objective, with the labels slo and service (an event of
// an indicator of time is a millisecond):
//   slo:events:increase<w>  slo:bad_events:increase<w>  slo:error_ratio:increase<w> slo:burn_rate:increase<w>
// and for the objective: slo:objective:ratio, slo:sli:ratio, slo:error_budget:remaining_ratio. Without events
// in a window there is no ratio, instead of 0 or NaN.
//
// A reading of a gauge and a slice of time are recorded as 0 or 1 before they are counted (slo:reading:good
// each second, slo:slice:good each slice; those begin with the rules and not with the hour).
//
// Alerts: ErrorBudgetBurn for each row (SLOOutage for a row that at least half of all events must be bad
// for), with the row's factor over both windows, its minimum of events, and keep_firing_for as long as its
// end has to last (clear_share is not said: that needs a memory of values); SLOMetricAbsent when there is
// nothing to count, after what the objective says of absent data. keep_firing_for needs Prometheus 2.42. A
// policy for an exhausted budget is none of Prometheus'.

#include <string>
#include <vector>

#include "core/result.hpp"
#include "slo/objective.hpp"

namespace qd::slo::interchange {

/// A rules file. Errc::invalid_argument, naming the objective, for labels that PromQL cannot say, and
/// those of promql_can_say() (refusals.hpp).
core::Result<std::string> write_prometheus_rules(const std::vector<Objective>& objectives);

/// A file for `promtool test rules` beside the same objectives' rules in `rules_file`: for each objective,
/// series that fail completely (every row fires), that fail at half of the lowest bound, that fail with fewer
/// events than the rows ask for, that are all good (nothing fires), and no series at all (SLOMetricAbsent).
/// Where readings or slices are judged one by one, all bad, all good and, of readings, half of the lowest
/// bound. Errors as above; Errc::unprocessable when no series can be made that an indicator counts as bad.
core::Result<std::string> write_prometheus_tests(const std::vector<Objective>& objectives,
                                                 const std::string& rules_file);

/// The recorded series of `name` ("slo:events:increase") and window for an objective, as a query.
std::string recorded(std::string_view name, std::int64_t window_s, const Objective& objective);
/// The same for those without a window ("slo:sli:ratio").
std::string recorded(std::string_view name, const Objective& objective);

}  // namespace qd::slo::interchange
