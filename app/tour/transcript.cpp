#include "app/tour/transcript.hpp"

#include <algorithm>

namespace qd::app {

using nlohmann::json;

namespace {

json orNull(const std::optional<double>& value) {
    return value ? json(*value) : json();
}

}  // namespace

bool Transcript::ok() const {
    return !steps.empty() && std::ranges::all_of(steps, [](const TourStep& step) { return step.ok; });
}

std::string encode(const Transcript& transcript) {
    json steps = json::array();
    for (const TourStep& step : transcript.steps)
        steps.push_back({{"name", step.name},
                         {"at", core::format_rfc3339(step.at)},
                         {"ok", step.ok},
                         {"claim", step.claim},
                         {"evidence", step.evidence.is_null() ? json::object() : step.evidence}});
    const TourFigures& figures = transcript.figures;
    const json document{{"schema", 1},
                        {"ok", transcript.ok()},
                        {"started_at", core::format_rfc3339(transcript.started_at)},
                        {"duration_s", transcript.duration_s},
                        {"steps", steps},
                        {"figures",
                         {{"fault_to_alert_s", orNull(figures.fault_to_alert_s)},
                          {"alert_to_incident_s", orNull(figures.alert_to_incident_s)},
                          {"abort_to_zero_ms", orNull(figures.abort_to_zero_ms)},
                          {"time_to_green_s", orNull(figures.time_to_green_s)},
                          {"failed_request_ratio", orNull(figures.failed_request_ratio)}}}};
    return document.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace qd::app
