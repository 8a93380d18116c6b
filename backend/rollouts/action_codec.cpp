#include "rollouts/action_codec.hpp"

#include "rollouts/codec.hpp"
#include "rollouts/codec_parts.hpp"

namespace qd::rollouts {
namespace {

using core::JsonFields;
using nlohmann::json;

constexpr std::size_t most_members = 100;
constexpr std::size_t most_body = 1u << 20;

core::Result<PreviewedRequest> request_from_json(const json& value) {
    JsonFields fields(value);
    PreviewedRequest request;
    request.to = fields.text("to", 200);
    request.method = fields.text("method", 20);
    request.target = fields.text("target");
    request.content_type = fields.text("content_type", 200);
    request.body = fields.text("body", most_body);
    return fields.finish(std::move(request));
}

}  // namespace

std::string encode(const ActionRequest& request) {
    json value{{"reason", request.reason}};
    if (request.override_freeze) value["override"] = true;
    for (const auto& [id, version] : request.versions) value["versions"][id] = version;
    return core::dump_json(value);
}

core::Result<ActionRequest> decode_action_request(std::string_view text) {
    if (text.empty()) return ActionRequest{};
    const auto value = core::parse_json(text, 64u << 10);
    if (!value) return core::Failure(value.error());
    JsonFields fields(*value);
    ActionRequest request;
    request.reason = fields.text("reason", 2'000);
    request.override_freeze = fields.flag("override");
    const json& versions = fields.object("versions", most_members);
    JsonFields each(versions);
    for (const auto& [id, version] : versions.items())
        request.versions[id] = each.need(id.c_str(), each.count(id.c_str()));
    fields.merge("versions", each.finish());
    return fields.finish(std::move(request));
}

std::string encode(const RollbackRequest& request) {
    json value{{"to_version", request.to_version}, {"reason", request.reason}};
    if (request.override_freeze) value["override"] = true;
    return core::dump_json(value);
}

core::Result<RollbackRequest> decode_rollback_request(std::string_view text) {
    const auto value = core::parse_json(text, 64u << 10);
    if (!value) return core::Failure(value.error());
    JsonFields fields(*value);
    RollbackRequest request;
    request.to_version = fields.text("to_version", 63);
    request.reason = fields.text("reason", 2'000);
    request.override_freeze = fields.flag("override");
    return fields.finish(std::move(request));
}

json to_json(const ActionPreview& preview) {
    json value{{"action", preview.action},
               {"requests", json::array()},
               {"effects", preview.effects},
               {"refusal", optional_json(preview.refusal)},
               {"frozen", optional_json(preview.frozen)},
               {"version", preview.version}};
    for (const PreviewedRequest& request : preview.requests)
        value["requests"].push_back({{"to", request.to},
                                     {"method", request.method},
                                     {"target", request.target},
                                     {"content_type", request.content_type},
                                     {"body", request.body}});
    return value;
}

core::Result<ActionPreview> action_preview_from_json(const json& value) {
    JsonFields fields(value);
    ActionPreview preview;
    preview.action = fields.text("action", 200);
    for (const json& each : fields.array("requests", 1'000)) {
        auto request = request_from_json(each);
        fields.merge("requests", request);
        if (request) preview.requests.push_back(std::move(*request));
    }
    for (const json& each : fields.array("effects", 1'000)) {
        if (each.is_string())
            preview.effects.push_back(each.get<std::string>());
        else
            fields.refuse("effects", "hold something else than text");
    }
    if (fields.find("refusal") != nullptr) preview.refusal = fields.text("refusal");
    if (fields.find("frozen") != nullptr) preview.frozen = fields.text("frozen");
    preview.version = fields.need("version", fields.count("version"));
    return fields.finish(std::move(preview));
}

json to_json(const GroupPreview& preview) {
    json value{{"group", preview.group},
               {"action", preview.action},
               {"refusal", optional_json(preview.refusal)},
               {"frozen", optional_json(preview.frozen)},
               {"items", json::array()}};
    for (const auto& [id, name, member] : preview.members)
        value["items"].push_back({{"id", id.value}, {"name", name}, {"preview", to_json(member)}});
    return value;
}

core::Result<GroupPreview> group_preview_from_json(const json& value) {
    JsonFields fields(value);
    GroupPreview preview;
    preview.group = fields.text("group", 200);
    preview.action = fields.text("action", 200);
    if (fields.find("refusal") != nullptr) preview.refusal = fields.text("refusal");
    if (fields.find("frozen") != nullptr) preview.frozen = fields.text("frozen");
    for (const json& each : fields.array("items", most_members)) {
        JsonFields inner(each);
        GroupPreview::Member member;
        member.id = RolloutId(inner.text("id", 200));
        member.name = inner.text("name", 200);
        auto of_member = action_preview_from_json(inner.object("preview"));
        inner.merge("preview", of_member);
        if (of_member) member.preview = std::move(*of_member);
        fields.merge("items", inner.finish());
        preview.members.push_back(std::move(member));
    }
    return fields.finish(std::move(preview));
}

json to_json(const GroupOutcome& outcome) {
    json value{{"id", outcome.id.value},
               {"done", outcome.rollout.has_value()},
               {"error", outcome.error},
               {"rollout", nullptr}};
    if (outcome.rollout) value["rollout"] = to_json(*outcome.rollout);
    return value;
}

core::Result<GroupOutcome> group_outcome_from_json(const json& value) {
    JsonFields fields(value);
    GroupOutcome outcome;
    outcome.id = RolloutId(fields.text("id", 200));
    outcome.error = fields.text("error");
    if (const json* found = fields.find("rollout")) {
        auto rollout = rollout_from_json(*found);
        fields.merge("rollout", rollout);
        if (rollout) outcome.rollout = std::move(*rollout);
    }
    return fields.finish(std::move(outcome));
}

}  // namespace qd::rollouts
