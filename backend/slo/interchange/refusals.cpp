#include "slo/interchange/refusals.hpp"

namespace qd::slo::interchange {

core::Result<> can_be_written(const Objective& objective) {
    const Indicator& indicator = objective.indicator;
    if (std::holds_alternative<RatioIndicator>(indicator) ||
        std::holds_alternative<LatencyIndicator>(indicator) ||
        std::holds_alternative<TimeIndicator>(indicator))
        return {};
    return core::fail(core::Errc::unprocessable,
                      "the SLO '{}' has an indicator of kind {}, which other formats are not told yet",
                      objective.id.value, kind_of(indicator));
}

}  // namespace qd::slo::interchange
