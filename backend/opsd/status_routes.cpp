#include "opsd/status_routes.hpp"

#include "core/json_fields.hpp"
#include "incidents/codec.hpp"
#include "opsd/incident_routes.hpp"
#include "status/audience.hpp"
#include "status/draft.hpp"

namespace qd::opsd {
namespace {

using core::Failure;
using core::Result;
using incidents::IncidentId;
using nlohmann::json;

json destinations_json(const std::vector<notify::Destination>& destinations) {
    json list = json::array();
    for (const notify::Destination& one : destinations)
        list.push_back({{"name", one.name}, {"kind", notify::to_string(one.kind)}});
    return list;
}

json seconds_json(std::optional<std::chrono::minutes> interval) {
    return interval ? json(std::chrono::seconds(*interval).count()) : json(nullptr);
}

json audience_json(const StatusDesk& desk, std::string_view audience) {
    json cadence;
    for (int severity = 1; severity <= 4; ++severity)
        cadence[fmt::format("sev{}", severity)] =
            seconds_json(status::interval(desk.settings().cadence, audience, incidents::Severity(severity)));
    return {{"name", audience},
            {"title", status::title_of(audience)},
            {"template", desk.settings().template_of(audience).text()},
            {"cadence_s", std::move(cadence)},
            {"destinations", destinations_json(desk.destinations_of(audience))}};
}

json draft_json(const StatusDraft& draft) {
    return {{"audience", draft.audience},
            {"title", draft.title},
            {"text", draft.text},
            {"destinations", destinations_json(draft.destinations)},
            {"last_update_at", core::json_time(draft.last_update_at)},
            {"next_update_due", core::json_time(draft.next_update_due)},
            {"interval_s", seconds_json(draft.interval)},
            {"based_on", draft.based_on}};
}

std::string note_of(const StatusPosted& posted, const std::string& audience) {
    if (posted.destinations.empty())
        return fmt::format(
            "Nothing was sent: no destination takes the updates of {}. The update is in the journal.",
            audience);
    std::vector<std::string> names;
    for (const notify::Destination& one : posted.destinations) names.push_back(one.name);
    return fmt::format("Queued for {}. The outbox shows what becomes of it.", fmt::join(names, ", "));
}

Result<http::Response> post_update(const Call& call, StatusDesk& desk, incidents::IncidentDesk& incidents) {
    auto expected = if_match(call.request);
    if (!expected) return Failure(expected.error());
    const auto parsed = core::parse_json(call.request.body, 64 << 10);
    if (!parsed) return Failure(parsed.error());
    core::JsonFields fields(*parsed);
    const std::string audience = fields.text("audience", 64);
    const std::string text = fields.text("text");
    const auto based_on = fields.count("based_on");
    if (auto read = fields.finish(); !read) return Failure(read.error());
    const IncidentId id{std::string(call.request.capture("id"))};
    const std::string key(call.request.headers.get("Idempotency-Key"));
    const auto posted = desk.post(id, audience, text, based_on,
                                  {call.actor.name, "api", *expected, key.empty() ? key : "status " + key});
    if (!posted) {
        if (posted.error().code != core::Errc::precondition_failed) return Failure(posted.error());
        const auto current = incidents.get(id);
        if (!current) return Failure(current.error());
        return precondition_failed(to_json(*current), current->version);
    }
    const json body{{"event", to_json(posted->written.event)},
                    {"queued", destinations_json(posted->destinations)},
                    {"note", note_of(*posted, audience)}};
    return json_response(201, body, posted->written.incident.version);
}

}  // namespace

void add_status_routes(http::Server& server, Context& context, StatusDesk& desk,
                       incidents::IncidentDesk& incidents) {
    context.get(server, "/api/v1/audiences", [&desk](const Call&) -> Result<http::Response> {
        json items = json::array(), words = json::array();
        for (const std::string_view audience : status::audience_names())
            items.push_back(audience_json(desk, audience));
        for (const status::Placeholder& one : status::placeholders())
            words.push_back({{"name", one.name}, {"meaning", one.meaning}});
        return json_response(
            200, {{"items", std::move(items)}, {"placeholders", std::move(words)}, {"next", nullptr}});
    });
    context.get(server, "/api/v1/incidents/{id}/status-draft",
                [&desk](const Call& call) -> Result<http::Response> {
                    const auto draft = desk.draft(IncidentId(std::string(call.request.capture("id"))),
                                                  call.request.query.get("audience").value_or(""));
                    if (!draft) return Failure(draft.error());
                    return json_response(200, draft_json(*draft), draft->based_on);
                });
    context.get(server, "/api/v1/status-schedule", [&desk, &context](const Call&) -> Result<http::Response> {
        json items = json::array();
        const auto now = context.clock().now();
        for (const StatusOwed& owed : desk.owed())
            items.push_back({{"incident", owed.incident.value},
                             {"audience", owed.audience},
                             {"last_update_at", core::json_time(owed.last_update_at)},
                             {"next_update_due", core::format_rfc3339(owed.due)},
                             {"overdue", owed.due <= now}});
        return list_response(std::move(items));
    });
    context.post(server, "/api/v1/incidents/{id}/status-updates", security::Role::responder,
                 [&desk, &incidents](const Call& call) -> Result<http::Response> {
                     return post_update(call, desk, incidents);
                 });
}

}  // namespace qd::opsd
