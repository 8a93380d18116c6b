#pragma once
// An objective's indicator as slots of the scrape's additions, and those as whole good and total events.

#include <cstdint>
#include <string_view>
#include <vector>

#include "slo/counts.hpp"
#include "slo/objective.hpp"
#include "timeseries/target_counters.hpp"

namespace qd::timeseries {

/// Does the metric's name and do all label matchers fit?
bool selects(const slo::Selector& selector, std::string_view name, const SeriesRef& series);

/// Not thread-safe.
class ObjectiveCounter {
public:
    static constexpr Slot slot_count = 4;

    /// `only`: of the series with these labels.
    ObjectiveCounter(slo::Indicator indicator, Slot first, slo::GroupLabels only = {})
        : indicator_(std::move(indicator)), first_(first), only_(std::move(only)) {}

    void route(const SeriesRef& series, Routes& routes) const;
    /// The series tells of events, good or not.
    bool counts(const SeriesRef& series) const;

    /// The target carries the metric in a usable form. A histogram without the threshold among its bounds is
    /// not: all of it would look bad.
    bool carried_by(const Additions& additions) const;
    /// The target has the metric, in whatever form.
    bool sees(const Additions& additions) const { return additions.touched[first_ + seen]; }
    /// It judges gauges: their readings count from the first on.
    bool judges() const;
    /// Takes over what a target that carries it has added.
    void take(const Additions& additions);
    /// The whole events since the last call; fractions are kept for the next.
    slo::Counts collect();

private:
    enum : Slot { good, other, seen, bound };

    slo::Indicator indicator_;
    Slot first_;
    slo::GroupLabels only_;
    double good_ = 0;
    double other_ = 0;  // all of them, or the bad ones of a time indicator
};

}  // namespace qd::timeseries
