#include "opsd/incident_routes.hpp"

#include <algorithm>

#include "core/json_fields.hpp"
#include "incidents/codec.hpp"

namespace qd::opsd {
namespace {

using core::Errc;
using core::Failure;
using incidents::IncidentId;
using nlohmann::json;

/// Bad events further apart than this are not one impact.
constexpr std::chrono::seconds longest_lull{10};

core::Result<incidents::Author> author_of(const Call& call) {
    auto expected = if_match(call.request);
    if (!expected) return Failure(expected.error());
    const std::string key(call.request.headers.get("Idempotency-Key"));
    if (key.size() > 200) return core::fail(Errc::invalid_argument, "Idempotency-Key: at most 200 bytes");
    return incidents::Author{call.actor.name, "api", *expected, key};
}

std::optional<core::WallTime> impact_began(const slo::History& history, core::WallTime alerted) {
    std::optional<core::WallTime> began;
    core::WallTime seen = alerted;
    for (auto point = history.points.rbegin(); point != history.points.rend(); ++point) {
        if (point->at > alerted || point->counts.bad() == 0) continue;
        if (seen - point->at > longest_lull + std::chrono::seconds(history.step_s)) break;
        seen = point->at;
        began = point->at;
    }
    return began;
}

core::Result<http::Response> written(unsigned status, const core::Result<incidents::Written>& done,
                                     incidents::IncidentDesk& desk, const IncidentId& id) {
    if (!done) {
        if (done.error().code != Errc::precondition_failed) return Failure(done.error());
        const auto current = desk.get(id);
        if (!current) return Failure(current.error());
        return precondition_failed(to_json(*current), current->version);
    }
    return json_response(status, to_json(done->event), done->incident.version);
}

}  // namespace

incidents::ImpactReading measure_impact(const Context& context, const slo::Alert& alert) {
    incidents::ImpactReading impact;
    impact.objective_title = alert.slo_title;
    if (context.slo_statuses)
        for (const slo::Status& status : context.slo_statuses()) {
            if (status.objective.id != alert.slo_id) continue;
            impact.budget_remaining = status.budget.remaining;
            if (status.budget.exhausted_in_s)
                impact.exhausted_in = core::Seconds(*status.budget.exhausted_in_s);
            impact.sla_breached =
                status.objective.sla && status.sli && *status.sli < status.objective.sla->target;
            for (const slo::RowStatus& row : status.rows) {
                if (alert.kind == slo::AlertKind::absent || row.row != alert.row) continue;
                impact.affected_share = row.short_window.counts.error_ratio();
                impact.events = row.short_window.counts.total;
                impact.burn = row.long_burn;
            }
        }
    // Of absent data there is no history either.
    if (context.slo_history && alert.kind != slo::AlertKind::absent) {
        const auto from = alert.started_at - std::chrono::seconds(alert.row.long_s);
        const int points = int(std::clamp<std::int64_t>(alert.row.long_s + 1, 2, 2'000));
        const auto history = context.slo_history(alert.slo_id, from, alert.started_at, points);
        if (history) impact.impact_since = impact_began(*history, alert.started_at);
    }
    return impact;
}

incidents::IncidentDesk::Listener publish_incidents(const Context& context) {
    return [&context](const incidents::Incident& incident, const incidents::Event& event) {
        json body = to_json(incident);
        body["last_event"] = to_json(event);
        context.publish("incident", incident.id.value, body);
    };
}

void add_incident_routes(http::Server& server, Context& context, incidents::IncidentDesk& desk) {
    context.get(server, "/api/v1/incidents", [&desk](const Call& call) -> core::Result<http::Response> {
        const auto state = call.request.query.get("state");
        auto items = json::array();
        for (const incidents::Incident& incident : desk.list()) {
            if (state &&
                *state != (*state == "open" && is_open(incident.state) ? "open" : to_string(incident.state)))
                continue;
            items.push_back(to_json(incident));
        }
        return list_response(std::move(items));
    });
    context.get(server, "/api/v1/incidents/{id}", [&desk](const Call& call) -> core::Result<http::Response> {
        const auto incident = desk.get(IncidentId(std::string(call.request.capture("id"))));
        if (!incident) return Failure(incident.error());
        return json_response(200, to_json(*incident), incident->version);
    });
    context.get(server, "/api/v1/incidents/{id}/timeline",
                [&desk](const Call& call) -> core::Result<http::Response> {
                    const auto events = desk.timeline(IncidentId(std::string(call.request.capture("id"))));
                    if (!events) return Failure(events.error());
                    auto items = json::array();
                    for (const incidents::Event& event : *events) items.push_back(to_json(event));
                    return list_response(std::move(items));
                });
    context.post(server, "/api/v1/incidents", security::Role::responder,
                 [&desk](const Call& call) -> core::Result<http::Response> {
                     const auto author = author_of(call);
                     if (!author) return Failure(author.error());
                     const auto request = incidents::decode_open_request(call.request.body);
                     if (!request) return Failure(request.error());
                     const auto done = desk.open_incident(*request, *author);
                     if (!done) return Failure(done.error());
                     return json_response(201, to_json(done->incident), done->incident.version);
                 });
    context.post(server, "/api/v1/incidents/{id}/events", security::Role::responder,
                 [&desk](const Call& call) -> core::Result<http::Response> {
                     const auto author = author_of(call);
                     if (!author) return Failure(author.error());
                     const auto request = incidents::decode_event_request(call.request.body);
                     if (!request) return Failure(request.error());
                     const IncidentId id{std::string(call.request.capture("id"))};
                     return written(201, desk.write(id, *request, *author), desk, id);
                 });
}

}  // namespace qd::opsd
