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

/// Errc::unprocessable when no labels are found that `indicator` counts as bad, or as events at all.
core::Result<std::vector<SampleSeries>> sample_series(const Indicator& indicator);

}  // namespace qd::slo::interchange
