#include "incidents/codec.hpp"

#include "core/json_fields.hpp"
#include "incidents/projection.hpp"

namespace qd::incidents {
namespace {

using core::JsonFields;
using nlohmann::json;

std::optional<Severity> read_severity(JsonFields& fields) {
    const auto number = fields.count("severity");
    if (!number) return std::nullopt;
    const auto severity = *number <= 4 ? severity_from(int(*number)) : std::nullopt;
    if (!severity) fields.refuse("severity", "is 1, 2, 3 or 4");
    return severity;
}

json episode_json(const Episode& episode) {
    return {{"started_at", core::json_time(episode.started_at)},
            {"detected_at", core::json_time(episode.detected_at)},
            {"acknowledged_at", core::json_time(episode.acknowledged_at)},
            {"mitigated_at", core::json_time(episode.mitigated_at)},
            {"resolved_at", core::json_time(episode.resolved_at)}};
}

core::Result<Episode> episode_from_json(const json& value) {
    JsonFields fields(value);
    Episode episode;
    episode.started_at = fields.required_time("started_at");
    episode.detected_at = fields.required_time("detected_at");
    episode.acknowledged_at = fields.time("acknowledged_at");
    episode.mitigated_at = fields.time("mitigated_at");
    episode.resolved_at = fields.time("resolved_at");
    return fields.finish(episode);
}

json suspect_json(const Suspect& suspect) {
    return {{"event_seq", suspect.event_seq},
            {"kind", suspect.kind},
            {"subject", suspect.subject},
            {"reasoning", suspect.reasoning},
            {"at", core::json_time(suspect.at)}};
}

core::Result<Suspect> suspect_from_json(const json& value) {
    JsonFields fields(value);
    Suspect suspect;
    suspect.event_seq = fields.count("event_seq").value_or(0);
    suspect.kind = fields.text("kind", 200);
    suspect.subject = fields.text("subject", 200);
    suspect.reasoning = fields.text("reasoning");
    suspect.at = fields.required_time("at");
    return fields.finish(suspect);
}

template <class T, class Decode>
core::Result<std::vector<T>> decode_list(std::string_view text, std::size_t most, Decode decode) {
    const auto value = core::parse_json(text, 512u << 20);
    if (!value) return core::Failure(value.error());
    JsonFields fields(*value);
    std::vector<T> items;
    if (fields.find("items") == nullptr) fields.refuse("items", "is missing");
    for (const json& each : fields.array("items", most)) {
        auto item = decode(each);
        fields.merge("items", item);
        if (item) items.push_back(std::move(*item));
    }
    return fields.finish(std::move(items));
}

}  // namespace

json to_json(const Incident& incident) {
    json value{{"id", incident.id.value},
               {"title", incident.title},
               {"service", incident.service},
               {"severity", int(incident.severity)},
               {"severity_reason", incident.severity_reason},
               {"state", to_string(incident.state)},
               {"roles", incident.roles},
               {"started_at", core::json_time(incident.started_at)},
               {"detected_at", core::json_time(incident.detected_at)},
               {"acknowledged_at", core::json_time(incident.acknowledged_at)},
               {"mitigated_at", core::json_time(incident.mitigated_at)},
               {"resolved_at", core::json_time(incident.resolved_at)},
               {"closed_at", core::json_time(incident.closed_at)},
               {"response",
                {{"severity_assessed_at", core::json_time(incident.response.severity_assessed_at)},
                 {"channel_opened_at", core::json_time(incident.response.channel_opened_at)},
                 {"commander_assigned_at", core::json_time(incident.response.commander_assigned_at)},
                 {"stakeholders_told_at", core::json_time(incident.response.stakeholders_told_at)}}},
               {"firing_alerts", incident.firing_alerts},
               {"last_status", incident.last_status},
               {"last_status_at", core::json_time(incident.last_status_at)},
               {"merged_into", nullptr},
               {"version", incident.version},
               {"updated_at", core::json_time(incident.updated_at)}};
    if (incident.merged_into) value["merged_into"] = incident.merged_into->value;
    json& episodes = value["episodes"] = json::array();
    for (const Episode& episode : incident.episodes) episodes.push_back(episode_json(episode));
    json& suspects = value["suspects"] = json::array();
    for (const Suspect& suspect : incident.suspects) suspects.push_back(suspect_json(suspect));
    json& relations = value["relations"] = json::array();
    for (const Relation& relation : incident.relations)
        relations.push_back({{"kind", relation.kind}, {"incident", relation.other}});
    value["pinned"] = incident.pinned;
    json& conflicts = value["conflicts"] = json::array();
    for (const Conflict& conflict : incident.conflicts)
        conflicts.push_back(
            {{"event_seq", conflict.event_seq}, {"other_seq", conflict.other_seq}, {"what", conflict.what}});
    json& changes = value["last_changes"] = json::object();
    for (const auto& [what, change] : incident.last_changes)
        changes[what] = {{"seq", change.seq}, {"actor", change.actor}};
    return value;
}

core::Result<Incident> incident_from_json(const json& value) {
    JsonFields fields(value);
    Incident incident;
    incident.id = IncidentId(fields.text("id", 200));
    if (incident.id.empty()) fields.refuse("id", "is missing");
    incident.title = fields.text("title", 300);
    incident.service = fields.text("service", 200);
    incident.severity = fields.need("severity", read_severity(fields));
    incident.severity_reason = fields.text("severity_reason");
    incident.state = fields.need("state", fields.word("state", parse_state));
    for (const auto& [role, person] : fields.object("roles", 100).items())
        if (person.is_string()) incident.roles[role] = person.get<std::string>();
    incident.started_at = fields.required_time("started_at");
    incident.detected_at = fields.required_time("detected_at");
    incident.acknowledged_at = fields.time("acknowledged_at");
    incident.mitigated_at = fields.time("mitigated_at");
    incident.resolved_at = fields.time("resolved_at");
    incident.closed_at = fields.time("closed_at");
    JsonFields response(fields.object("response"));
    incident.response.severity_assessed_at = response.time("severity_assessed_at");
    incident.response.channel_opened_at = response.time("channel_opened_at");
    incident.response.commander_assigned_at = response.time("commander_assigned_at");
    incident.response.stakeholders_told_at = response.time("stakeholders_told_at");
    fields.merge("response", response.finish());
    for (const json& each : fields.array("episodes", 1'000)) {
        const auto episode = episode_from_json(each);
        fields.merge("episodes", episode);
        if (episode) incident.episodes.push_back(*episode);
    }
    if (incident.episodes.empty())  // whoever leaves them out has never reopened it
        incident.episodes.push_back({incident.started_at, incident.detected_at, incident.acknowledged_at,
                                     incident.mitigated_at, incident.resolved_at});
    for (const json& each : fields.array("suspects", 1'000)) {
        auto suspect = suspect_from_json(each);
        fields.merge("suspects", suspect);
        if (suspect) incident.suspects.push_back(std::move(*suspect));
    }
    for (const json& each : fields.array("relations", 1'000)) {
        JsonFields relation(each);
        incident.relations.push_back({relation.text("kind", 200), relation.text("incident", 200)});
        fields.merge("relations", relation.finish());
    }
    for (const json& each : fields.array("pinned", 1'000))
        if (each.is_number_unsigned()) incident.pinned.push_back(each.get<std::uint64_t>());
    for (const json& each : fields.array("conflicts", 1'000)) {
        JsonFields conflict(each);
        incident.conflicts.push_back({conflict.count("event_seq").value_or(0),
                                      conflict.count("other_seq").value_or(0), conflict.text("what", 200)});
        fields.merge("conflicts", conflict.finish());
    }
    for (const auto& [what, each] : fields.object("last_changes").items()) {
        JsonFields change(each);
        incident.last_changes[what] = {change.count("seq").value_or(0), change.text("actor", 200)};
        fields.merge("last_changes", change.finish());
    }
    for (const json& each : fields.array("firing_alerts", 1'000))
        if (each.is_string()) incident.firing_alerts.push_back(each.get<std::string>());
    incident.last_status = fields.text("last_status");
    incident.last_status_at = fields.time("last_status_at");
    if (fields.find("merged_into") != nullptr)
        incident.merged_into = IncidentId(fields.text("merged_into", 200));
    incident.version = fields.need("version", fields.count("version"));
    incident.updated_at = fields.time("updated_at").value_or(incident.detected_at);
    return fields.finish(std::move(incident));
}

json to_json(const EventBody& body) {
    json value = json::object();
    const auto put = [&value](const char* key, const std::string& text) {
        if (!text.empty()) value[key] = text;
    };
    put("text", body.text);
    put("title", body.title);
    put("service", body.service);
    put("into", body.into);
    put("role", body.role);
    // Empty means that nobody has the role any more: it must be told.
    if (!body.role.empty() || !body.person.empty()) value["person"] = body.person;
    put("url", body.url);
    put("purpose", body.purpose);
    put("subject", body.subject);
    put("phase", body.phase);
    put("query", body.query);
    put("unit", body.unit);
    if (body.severity) value["severity"] = int(*body.severity);
    if (body.state) value["state"] = to_string(*body.state);
    if (body.started_at) value["started_at"] = core::json_time(body.started_at);
    if (body.detected_at) value["detected_at"] = core::json_time(body.detected_at);
    if (body.bytes) value["bytes"] = *body.bytes;
    if (body.retracted) value["retracted"] = true;
    for (const Sample& sample : body.samples)
        value["samples"].push_back({{"at", core::json_time(sample.at)}, {"value", sample.value}});
    return value;
}

core::Result<EventBody> body_from_json(const json& value) {
    JsonFields fields(value);
    EventBody body;
    body.text = fields.text("text");
    body.title = fields.text("title");
    body.service = fields.text("service");
    body.into = fields.text("into");
    body.role = fields.text("role");
    body.person = fields.text("person");
    body.url = fields.text("url");
    body.purpose = fields.text("purpose");
    body.subject = fields.text("subject");
    body.phase = fields.text("phase");
    body.query = fields.text("query");
    body.unit = fields.text("unit");
    body.severity = read_severity(fields);
    body.state = fields.word("state", parse_state);
    body.started_at = fields.time("started_at");
    body.detected_at = fields.time("detected_at");
    body.bytes = fields.count("bytes");
    body.retracted = fields.flag("retracted");
    for (const json& each : fields.array("samples", max_samples)) {
        JsonFields sample(each);
        body.samples.push_back({sample.required_time("at"), sample.need("value", sample.number("value"))});
        fields.merge("samples", sample.finish());
    }
    return fields.finish(std::move(body));
}

json to_json(const Event& event) {
    json value{{"seq", event.seq},
               {"kind", to_string(event.kind)},
               {"occurred_at", core::json_time(event.occurred_at)},
               {"recorded_at", core::json_time(event.recorded_at)},
               {"actor", event.actor},
               {"source", event.source},
               {"body", to_json(event.body)},
               {"supersedes", event.supersedes ? json(*event.supersedes) : json(nullptr)}};
    if (event.based_on) value["based_on"] = *event.based_on;
    return value;
}

core::Result<Event> event_from_json(const json& value) {
    JsonFields fields(value);
    Event event;
    event.seq = fields.need("seq", fields.count("seq"));
    event.kind = fields.need("kind", fields.word("kind", parse_event_kind));
    event.occurred_at = fields.required_time("occurred_at");
    event.recorded_at = fields.required_time("recorded_at");
    event.actor = fields.text("actor", 200);
    event.source = fields.text("source", 200);
    auto body = body_from_json(fields.object("body"));
    fields.merge("body", body);
    if (body) event.body = std::move(*body);
    event.supersedes = fields.count("supersedes");
    event.based_on = fields.count("based_on");
    return fields.finish(std::move(event));
}

std::string encode(const Incident& incident) {
    return core::dump_json(to_json(incident));
}
std::string encode(const Event& event) {
    return core::dump_json(to_json(event));
}

core::Result<Incident> decode_incident(std::string_view text) {
    const auto value = core::parse_json(text);
    if (!value) return core::Failure(value.error());
    return incident_from_json(*value);
}

core::Result<Event> decode_event(std::string_view text) {
    const auto value = core::parse_json(text);
    if (!value) return core::Failure(value.error());
    return event_from_json(*value);
}

core::Result<std::vector<Incident>> decode_incidents(std::string_view text) {
    return decode_list<Incident>(text, 10'000, incident_from_json);
}

core::Result<std::vector<Event>> decode_events(std::string_view text) {
    return decode_list<Event>(text, max_events, event_from_json);
}

std::string encode(const EventRequest& request) {
    json value{{"kind", to_string(request.kind)}, {"body", to_json(request.body)}};
    if (request.occurred_at) value["occurred_at"] = core::json_time(request.occurred_at);
    if (request.supersedes) value["supersedes"] = *request.supersedes;
    if (request.based_on) value["based_on"] = *request.based_on;
    if (!request.source.empty()) value["source"] = request.source;
    return core::dump_json(value);
}

core::Result<EventRequest> decode_event_request(std::string_view text) {
    const auto value = core::parse_json(text, 1u << 20);
    if (!value) return core::Failure(value.error());
    JsonFields fields(*value);
    EventRequest request;
    request.kind = fields.need("kind", fields.word("kind", parse_event_kind));
    const bool retimed = request.kind == EventKind::opened && fields.find("supersedes") != nullptr;
    if (!is_human(request.kind) && !retimed && fields.finish())
        fields.refuse("kind",
                      "is one of acknowledge, assign, severity, state, note, status_update, link, evidence, "
                      "handover, pin");
    auto body = body_from_json(fields.object("body"));
    fields.merge("body", body);
    if (body) request.body = std::move(*body);
    request.occurred_at = fields.time("occurred_at");
    request.supersedes = fields.count("supersedes");
    request.based_on = fields.count("based_on");
    request.source = fields.text("source", 100);
    return fields.finish(std::move(request));
}

std::string encode(const OpenRequest& request) {
    json value{{"title", request.title}, {"service", request.service}, {"text", request.text}};
    if (request.severity) value["severity"] = int(*request.severity);
    if (request.started_at) value["started_at"] = core::json_time(request.started_at);
    return core::dump_json(value);
}

core::Result<OpenRequest> decode_open_request(std::string_view text) {
    const auto value = core::parse_json(text, 1u << 20);
    if (!value) return core::Failure(value.error());
    JsonFields fields(*value);
    OpenRequest request;
    request.title = fields.text("title", 300);
    if (request.title.empty() && fields.finish()) fields.refuse("title", "is missing");
    request.service = fields.text("service", 200);
    request.severity = read_severity(fields);
    request.text = fields.text("text");
    request.started_at = fields.time("started_at");
    return fields.finish(std::move(request));
}

}  // namespace qd::incidents
