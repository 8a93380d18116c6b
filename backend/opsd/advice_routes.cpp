#include "opsd/advice_routes.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "opsd/incident_routes.hpp"
#include "opsd/monitor.hpp"

namespace qd::opsd {
namespace {

using incidents::Incident;
using incidents::SeverityAdvice;

constexpr std::chrono::minutes audience_span{2};

/// The worse one decides; reasons of both are kept, each once.
void merge(SeverityAdvice& advice, const SeverityAdvice& other) {
    const bool worse = other.severity < advice.severity || advice.reasons.empty();
    if (worse) advice.severity = other.severity;
    std::vector<std::string> further;
    for (const std::string& reason : other.reasons)
        if (std::ranges::find(advice.reasons, reason) == advice.reasons.end()) further.push_back(reason);
    advice.reasons.insert(worse ? advice.reasons.begin() : advice.reasons.end(), further.begin(),
                          further.end());
}

SeverityAdvice advise(const Context& context, const Incident& incident,
                      const incidents::IncidentDesk& incidents, const Monitor& monitor,
                      const AlertDesk& alerts, std::optional<std::uint64_t> viewers) {
    const auto is_ours = [&](const std::string& alert) {
        if (!incident.firing_alerts.empty())
            return std::ranges::find(incident.firing_alerts, alert) != incident.firing_alerts.end();
        return incidents.home_of(alert) == incident.id;
    };
    SeverityAdvice advice;
    std::set<std::string> measured;
    for (const slo::Alert& alert : monitor.alerts()) {
        if (!is_ours(alert.id.value)) continue;
        // One row of an objective says what another does, unless it still fires.
        if (!measured.insert(fmt::format("{}/{}", alert.slo_id.value, alert.row.short_s)).second) continue;
        merge(advice, incidents::advise_severity(measure_impact(context, alert)));
    }
    for (const silences::Alert& alert : alerts.list())
        if (alert.source != silences::own_source && is_ours(alert.id))
            merge(advice, {incidents::Severity(alert.severity),
                           {fmt::format("the alert '{}' of the Alertmanager '{}' is {}", alert.title,
                                        alert.source, to_string(incidents::Severity(alert.severity)))}});
    incidents::ImpactReading audience;
    audience.audience = measure_audience(context, viewers);
    if (audience.audience || advice.reasons.empty()) {
        const SeverityAdvice told = incidents::advise_severity(audience);
        // Nothing wrong with viewers is no reason where something else is.
        if (told.severity < incidents::Severity::sev4 || advice.reasons.empty()) merge(advice, told);
    }
    return advice;
}

}  // namespace

std::optional<incidents::AudienceReading> measure_audience(const Context& context,
                                                           std::optional<std::uint64_t> viewers) {
    if (!context.arm_counts) return std::nullopt;
    const core::WallTime now = context.clock().now();
    incidents::AudienceReading audience;
    audience.viewers = viewers;
    for (const std::string_view arm : {"stable", "canary"}) {
        const timeseries::ArmCounts counts = context.arm_counts(arm, now - audience_span, now);
        audience.plays += counts.startups;
        audience.slow_plays += counts.startups - std::min(counts.startups, counts.fast_startups);
        audience.watch_s += counts.watch_s;
        audience.stall_s += counts.stall_s;
        audience.failed_requests += counts.viewer_errors;
    }
    if (audience.plays == 0 && audience.watch_s <= 0 && audience.failed_requests == 0) return std::nullopt;
    return audience;
}

void add_advice_routes(http::Server& server, Context& context, const incidents::IncidentDesk& incidents,
                       const Monitor& monitor, const AlertDesk& alerts,
                       std::function<std::optional<std::uint64_t>()> viewers) {
    context.get(
        server, "/api/v1/incidents/{id}/advice",
        [&context, &incidents, &monitor, &alerts,
         viewers = std::move(viewers)](const Call& call) -> core::Result<http::Response> {
            const auto incident =
                incidents.get(incidents::IncidentId(std::string(call.request.capture("id"))));
            if (!incident) return core::Failure(incident.error());
            const SeverityAdvice advice = advise(context, *incident, incidents, monitor, alerts, viewers());
            return json_response(
                200,
                {{"severity", int(advice.severity)}, {"reasons", advice.reasons}, {"text", advice.text()}});
        });
}

}  // namespace qd::opsd
