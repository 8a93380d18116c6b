#include "core/json_fields.hpp"
#include "postmortems/codec.hpp"

namespace qd::postmortems {
namespace {

using core::JsonFields;
using core::Result;
using nlohmann::json;

}  // namespace

json to_json(const Action& action, core::WallTime now) {
    return {{"id", action.id},
            {"incident", action.incident.value},
            {"text", action.text},
            {"kind", action.kind},
            {"owner", action.owner},
            {"due", action.due},
            {"done_when", action.done_when},
            {"state", to_string(action.state)},
            {"reason", action.reason},
            {"tracker_url", action.tracker_url},
            {"back_link", back_link(action)},
            {"proposal", action.proposal},
            {"created_by", action.created_by},
            {"created_at", core::format_rfc3339(action.created_at)},
            {"updated_by", action.updated_by},
            {"updated_at", core::format_rfc3339(action.updated_at)},
            {"closed_at", core::json_time(action.closed_at)},
            {"overdue", is_overdue(action, now)},
            {"version", action.version}};
}

Result<Action> action_from_json(const json& value) {
    JsonFields fields(value);
    Action action;
    action.id = fields.text("id", 60);
    action.incident = incidents::IncidentId(fields.text("incident", 200));
    action.text = fields.text("text", 1'000);
    action.kind = fields.text("kind", 60);
    action.owner = fields.text("owner", 200);
    action.due = fields.text("due", 20);
    action.done_when = fields.text("done_when", 1'000);
    action.state = fields.need("state", fields.word("state", parse_action_state));
    action.reason = fields.text("reason", max_reason_bytes);
    action.tracker_url = fields.text("tracker_url", 2'000);
    action.proposal = fields.text("proposal", 64);
    action.created_by = fields.text("created_by", 200);
    action.created_at = fields.required_time("created_at");
    action.updated_by = fields.text("updated_by", 200);
    action.updated_at = fields.required_time("updated_at");
    action.closed_at = fields.time("closed_at");
    action.version = fields.count("version").value_or(0);
    return fields.finish(std::move(action));
}

json to_json(const ActionList& list, core::WallTime now) {
    json value{{"items", json::array()},
               {"next", nullptr},
               {"counts",
                {{"open", list.counts.open},
                 {"in_progress", list.counts.in_progress},
                 {"done", list.counts.done},
                 {"declined", list.counts.declined},
                 {"overdue", list.counts.overdue}}}};
    for (const Action& action : list.items) value["items"].push_back(to_json(action, now));
    return value;
}

Result<ActionList> action_list_from_json(const json& value) {
    JsonFields fields(value);
    ActionList list;
    for (const json& entry : fields.array("items")) {
        auto action = action_from_json(entry);
        fields.merge("items", action);
        if (!action) break;
        list.items.push_back(std::move(*action));
    }
    JsonFields counts(fields.object("counts"));
    list.counts.open = counts.count("open").value_or(0);
    list.counts.in_progress = counts.count("in_progress").value_or(0);
    list.counts.done = counts.count("done").value_or(0);
    list.counts.declined = counts.count("declined").value_or(0);
    list.counts.overdue = counts.count("overdue").value_or(0);
    fields.merge("counts", counts.finish());
    return fields.finish(std::move(list));
}

std::string encode(const ActionRequest& request) {
    json value = json::object();
    const auto put = [&value](const char* key, const std::optional<std::string>& text) {
        if (text) value[key] = *text;
    };
    if (request.incident) value["incident"] = request.incident->value;
    put("text", request.text);
    put("kind", request.kind);
    put("owner", request.owner);
    put("due", request.due);
    put("done_when", request.done_when);
    if (request.state) value["state"] = to_string(*request.state);
    put("reason", request.reason);
    put("tracker_url", request.tracker_url);
    put("proposal", request.proposal);
    return core::dump_json(value);
}

Result<ActionRequest> decode_action_request(std::string_view text) {
    const auto value = core::parse_json(text);
    if (!value) return core::Failure(value.error());
    JsonFields fields(*value);
    ActionRequest request;
    const auto read = [&fields](const char* key, std::optional<std::string>& into, std::size_t most) {
        if (fields.find(key) != nullptr) into = fields.text(key, most);
    };
    if (fields.find("incident") != nullptr)
        request.incident = incidents::IncidentId(fields.text("incident", 200));
    read("text", request.text, 1'000);
    read("kind", request.kind, 60);
    read("owner", request.owner, 200);
    read("due", request.due, 20);
    read("done_when", request.done_when, 1'000);
    request.state = fields.word("state", parse_action_state);
    read("reason", request.reason, max_reason_bytes);
    read("tracker_url", request.tracker_url, 2'000);
    read("proposal", request.proposal, 64);
    return fields.finish(std::move(request));
}

}  // namespace qd::postmortems
