#pragma once
// What a panel draws: a small language over scraped metrics. A query names a metric, picks series of it by
// their labels, and says what is made of them over a span of time (a step of a chart, or its whole range):
//
//   rate      a counter's growth per second
//   increase  a counter's growth over the span
//   gauge     the mean of the readings; series are added up
//   quantile  of a histogram, interpolated within its bucket as PromQL's histogram_quantile does
//   ratio     growth of `part` over growth of `of`; both are counters
//
// Counters count on over restarts of their process; time without a reading is left out, never taken as zero.

#include <string>
#include <string_view>

#include "slo/indicator.hpp"

namespace qd::dashboards {

enum class Function { rate, increase, gauge, quantile, ratio };

struct Query {
    Function function = Function::rate;
    slo::Selector of;    // the metric; of a histogram its name without _bucket; of a ratio all of it
    slo::Selector part;  // of a ratio only
    double q = 0.95;     // of a quantile only, 0..1
    std::string by;      // a label whose values are lines of their own, or "instance", the process that was
                         // scraped; empty: one line

    bool operator==(const Query&) const = default;
};

std::string_view to_string(Function function);
/// One line for people: "quantile(0.95, viewer_startup_seconds{arm=stable|canary}) by arm".
std::string describe(const Query& query);

}  // namespace qd::dashboards
