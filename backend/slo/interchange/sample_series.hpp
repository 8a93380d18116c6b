#pragma once
// Series that an indicator counts as good or bad events: known input for tests of exported rules. Pure.

#include <string>
#include <vector>

#include "core/result.hpp"
#include "slo/indicator.hpp"

namespace qd::slo::interchange {

struct SampleSeries {
    std::string text;                  // metric{label="v"}
    double per_good = 0, per_bad = 0;  // how much it grows with a good and with a bad event
};

/// Series of a gauge, each with a value that is good and one that is bad.
struct SampleGauges {
    std::vector<std::string> texts;
    double good = 0, bad = 0;
};

/// Of a threshold or a bool_gauge, `count` series that differ in one label. Errors as below.
core::Result<SampleGauges> sample_gauges(const Indicator& indicator, std::size_t count);

/// Of counters. Errc::unprocessable when no labels are found that `indicator` counts as bad, or as events at
/// all.
core::Result<std::vector<SampleSeries>> sample_series(const Indicator& indicator);

}  // namespace qd::slo::interchange
