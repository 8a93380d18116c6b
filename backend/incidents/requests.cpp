#include "incidents/requests.hpp"

#include "core/json_fields.hpp"
#include "incidents/codec.hpp"

namespace qd::incidents {
namespace {

using core::JsonFields;
using nlohmann::json;

constexpr std::size_t request_limit = 256 << 10;

IncidentId needed_id(JsonFields& fields, const char* key) {
    IncidentId id(fields.text(key, 200));
    if (id.empty() && fields.finish()) fields.refuse(key, "is missing");
    return id;
}

}  // namespace

json to_json(const IncidentPage& page) {
    json value{{"items", json::array()}, {"next", nullptr}, {"total", page.total}};
    for (const Incident& incident : page.items) value["items"].push_back(to_json(incident));
    if (page.next) value["next"] = *page.next;
    return value;
}

core::Result<IncidentPage> page_from_json(const json& value) {
    JsonFields fields(value);
    IncidentPage page;
    if (fields.find("items") == nullptr) fields.refuse("items", "is missing");
    for (const json& each : fields.array("items", max_page)) {
        auto incident = incident_from_json(each);
        fields.merge("items", incident);
        if (incident) page.items.push_back(std::move(*incident));
    }
    if (fields.find("next") != nullptr) page.next = fields.text("next", 200);
    page.total = fields.count("total").value_or(page.items.size());
    return fields.finish(std::move(page));
}

std::string encode(const MergeRequest& request) {
    return core::dump_json({{"into", request.into.value}, {"reason", request.reason}});
}

core::Result<MergeRequest> decode_merge_request(std::string_view text) {
    const auto value = core::parse_json(text, request_limit);
    if (!value) return core::Failure(value.error());
    JsonFields fields(*value);
    MergeRequest request;
    request.into = needed_id(fields, "into");
    request.reason = fields.text("reason", 4'000);
    return fields.finish(std::move(request));
}

std::string encode(const SplitRequest& request) {
    return core::dump_json({{"title", request.title},
                            {"service", request.service},
                            {"alerts", request.alerts},
                            {"events", request.events},
                            {"reason", request.reason}});
}

core::Result<SplitRequest> decode_split_request(std::string_view text) {
    const auto value = core::parse_json(text, request_limit);
    if (!value) return core::Failure(value.error());
    JsonFields fields(*value);
    SplitRequest request;
    request.title = fields.text("title", 300);
    if (request.title.empty() && fields.finish()) fields.refuse("title", "is missing");
    request.service = fields.text("service", 200);
    request.reason = fields.text("reason", 4'000);
    for (const json& each : fields.array("alerts", max_split)) {
        if (!each.is_string() || each.get_ref<const std::string&>().size() > 200)
            fields.refuse("alerts", "holds what is no alert's id");
        else
            request.alerts.push_back(each.get<std::string>());
    }
    for (const json& each : fields.array("events", max_split)) {
        if (!each.is_number_unsigned())
            fields.refuse("events", "holds what is no event's number");
        else
            request.events.push_back(each.get<std::uint64_t>());
    }
    if (request.alerts.size() + request.events.size() > max_split)
        fields.refuse("events", fmt::format("at most {} alerts and events together", max_split));
    return fields.finish(std::move(request));
}

std::string encode(const RelationRequest& request) {
    return core::dump_json(
        {{"kind", request.kind}, {"incident", request.other.value}, {"reason", request.reason}});
}

core::Result<RelationRequest> decode_relation_request(std::string_view text) {
    const auto value = core::parse_json(text, request_limit);
    if (!value) return core::Failure(value.error());
    JsonFields fields(*value);
    RelationRequest request;
    request.kind = fields.text("kind", 20);
    if (request.kind != "parent" && request.kind != "child" && fields.finish())
        fields.refuse("kind", "is 'parent' or 'child': what the other incident is");
    request.other = needed_id(fields, "incident");
    request.reason = fields.text("reason", 4'000);
    return fields.finish(std::move(request));
}

}  // namespace qd::incidents
