#pragma once
// Our indicators as PromQL: the good and all events of a window, as two instant queries that each give one
// number.
//
//   ratio:   sum(increase(good[W])), sum(increase(total[W]))
//   latency: sum(increase(h_bucket{le=T}[W])), sum(increase(h_count[W]))
//   time:    the same of counters of seconds, times 1000: an event is a millisecond
//   promql:  sum(increase((expression)[W:20s]))
//
// increase() stretches what it saw to the ends of the window, so that the sums are no whole numbers: they
// agree with counted events within one scrape's worth at each end.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "slo/indicator.hpp"

namespace qd::prometheus {

struct CountQueries {
    std::string good;
    std::string total;

    bool operator==(const CountQueries&) const = default;
};

/// Errc::invalid_argument for a window below 1 s, a label name that is none, and an indicator that has no
/// PromQL.
core::Result<CountQueries> count_queries(const slo::Indicator& indicator, std::int64_t window_s);

/// One instant query for every series that an indicator counts, as it is: cumulative counters, or gauges that
/// are judged. One, since answers to two would be of two moments, between which events fall.
///
///   ratio, time, of one metric:   total, or "a or b"
///   ratio, time, of two metrics:  label_replace(a, "quarterdeck_side", …) or label_replace(b, …)
///   latency:                      {__name__=~"h_bucket|h_count",le=~"|T"}
///   threshold, bool_gauge:        the gauge
///   promql:                       both expressions, named promql_good and promql_total
core::Result<std::string> raw_query(const slo::Indicator& indicator);

/// m{route=~"/media.*|/a",code!~"5.*"}; `suffix` is put behind the metric's name ("_bucket"). A metric whose
/// name PromQL cannot write goes into {__name__="…"}.
core::Result<std::string> selector_text(const slo::Selector& selector, std::string_view suffix = {});

/// The ways in which clients write a bucket's bound: 1 as "1" and "1.0". A regular expression.
std::string bound_pattern(double bound);

}  // namespace qd::prometheus
