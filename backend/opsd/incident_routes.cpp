#include "opsd/incident_routes.hpp"

#include <algorithm>
#include <charconv>

#include "core/json_fields.hpp"
#include "incidents/binary.hpp"
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

/// Who comes late gets the current state.
core::Result<http::Response> refusal(const core::Error& error, incidents::IncidentDesk& desk,
                                     const IncidentId& id) {
    if (error.code != Errc::precondition_failed) return Failure(error);
    const auto current = desk.get(id);
    if (!current) return Failure(current.error());
    return precondition_failed(to_json(*current), current->version);
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

namespace {

IncidentId id_of(const Call& call) {
    return IncidentId(std::string(call.request.capture("id")));
}

/// The whole number that a parameter holds, `fallback` without it; nothing when it holds something else.
template <class Number>
std::optional<Number> number_in(const http::Request& request, const char* name, Number fallback) {
    const auto text = request.query.get(name);
    if (!text || text->empty()) return fallback;
    Number value = 0;
    const auto read = std::from_chars(text->data(), text->data() + text->size(), value);
    if (read.ec != std::errc{} || read.ptr != text->data() + text->size()) return std::nullopt;
    return value;
}

core::Result<incidents::IncidentQuery> query_of(const http::Request& request) {
    incidents::IncidentQuery query;
    query.text = request.query.get_or("q", "");
    query.state = request.query.get_or("state", "");
    query.service = request.query.get_or("service", "");
    query.cursor = request.query.get_or("cursor", "");
    const auto limit = number_in(request, "limit", incidents::max_page);
    if (!limit) return core::fail(Errc::invalid_argument, "limit: from 1 to {}", incidents::max_page);
    query.limit = *limit;
    if (request.query.get("severity")) {
        const auto severity = number_in<std::size_t>(request, "severity", 0);
        if (severity && *severity <= 4) query.severity = incidents::severity_from(int(*severity));
        if (!query.severity) return core::fail(Errc::invalid_argument, "severity: 1, 2, 3 or 4");
    }
    return query;
}

core::Result<http::Response> timeline(incidents::IncidentDesk& desk, const Call& call) {
    const auto after = number_in<std::uint64_t>(call.request, "after", 0);
    if (!after) return core::fail(Errc::invalid_argument, "after: the seq of an event, or 0");
    if (call.request.headers.get("Accept").find(incidents::events_media_type) != std::string_view::npos) {
        auto bytes = desk.timeline_bytes(id_of(call), *after);
        if (!bytes) return Failure(bytes.error());
        return http::Response::text(200, std::move(*bytes), std::string(incidents::events_media_type));
    }
    const auto events = desk.timeline(id_of(call), *after);
    if (!events) return Failure(events.error());
    auto items = json::array();
    for (const incidents::Event& event : *events) items.push_back(to_json(event));
    return list_response(std::move(items));
}

/// A write that answers with an incident: decodes the body, calls the desk's `act`.
template <class Request>
CallHandler acting(incidents::IncidentDesk& desk, unsigned status,
                   core::Result<Request> (*decode)(std::string_view),
                   core::Result<incidents::Incident> (incidents::IncidentDesk::*act)(
                       const IncidentId&, const Request&, const incidents::Author&)) {
    return [&desk, status, decode, act](const Call& call) -> core::Result<http::Response> {
        const auto author = author_of(call);
        if (!author) return Failure(author.error());
        const auto request = decode(call.request.body);
        if (!request) return Failure(request.error());
        const IncidentId id = id_of(call);
        const auto done = (desk.*act)(id, *request, *author);
        if (!done) return refusal(done.error(), desk, id);
        return json_response(status, to_json(*done), done->version);
    };
}

}  // namespace

void add_incident_routes(http::Server& server, Context& context, incidents::IncidentDesk& desk) {
    using incidents::IncidentDesk;
    context.get(server, "/api/v1/incidents", [&desk](const Call& call) -> core::Result<http::Response> {
        const auto query = query_of(call.request);
        if (!query) return Failure(query.error());
        const auto page = desk.find(*query);
        if (!page) return Failure(page.error());
        return json_response(200, to_json(*page));
    });
    context.get(server, "/api/v1/incidents/{id}", [&desk](const Call& call) -> core::Result<http::Response> {
        const auto incident = desk.get(id_of(call));
        if (!incident) return Failure(incident.error());
        return json_response(200, to_json(*incident), incident->version);
    });
    context.get(server, "/api/v1/incidents/{id}/timeline",
                [&desk](const Call& call) { return timeline(desk, call); });
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
                     const IncidentId id = id_of(call);
                     const auto done = desk.write(id, *request, *author);
                     if (!done) return refusal(done.error(), desk, id);
                     return json_response(201, to_json(done->event), done->incident.version);
                 });
    context.post(server, "/api/v1/incidents/{id}/merge", security::Role::responder,
                 acting(desk, 200, &incidents::decode_merge_request, &IncidentDesk::merge));
    context.post(server, "/api/v1/incidents/{id}/split", security::Role::responder,
                 acting(desk, 201, &incidents::decode_split_request, &IncidentDesk::split));
    context.post(server, "/api/v1/incidents/{id}/relations", security::Role::responder,
                 acting(desk, 200, &incidents::decode_relation_request, &IncidentDesk::relate));
}

}  // namespace qd::opsd
