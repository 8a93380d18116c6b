#include "slo/interchange/refusals.hpp"

namespace qd::slo::interchange {

core::Result<> can_be_written(const Objective& objective) {
    if (!objective.group_by.empty())
        return core::fail(core::Errc::unprocessable,
                          "the SLO '{}' is grouped by label, which other formats are not told yet",
                          objective.id.value);
    const Indicator& indicator = objective.indicator;
    if (std::holds_alternative<RatioIndicator>(indicator) ||
        std::holds_alternative<LatencyIndicator>(indicator) ||
        std::holds_alternative<TimeIndicator>(indicator) ||
        std::holds_alternative<ThresholdIndicator>(indicator) ||
        std::holds_alternative<BoolGaugeIndicator>(indicator))
        return {};
    return core::fail(core::Errc::unprocessable,
                      "the SLO '{}' has an indicator of kind {}, which other formats are not told yet",
                      objective.id.value, kind_of(indicator));
}

core::Result<> promql_can_say(const Objective& objective) {
    if (auto known = can_be_written(objective); !known) return known;
    if (!objective.calendar) return {};
    return core::fail(
        core::Errc::unprocessable,
        "the SLO '{}' has the window of a calendar {} in {}, and PromQL's ranges all roll: give it a "
        "window_s to export it",
        objective.id.value, to_string(objective.calendar->period), objective.calendar->time_zone);
}

}  // namespace qd::slo::interchange
