#include "rollouts/traffic_codec.hpp"

#include <array>

#include "core/json_fields.hpp"

namespace qd::rollouts {
namespace {

using core::JsonFields;
using nlohmann::json;

constexpr std::array<std::string_view, 3> match_keys{"exact", "prefix", "regex"};
constexpr std::size_t max_routes = 8, max_mirrors = 4, max_matches = 8, longest_member = 256;

json match_object(const TextMatch& match) {
    return {{match_keys[std::size_t(match.kind)], match.value}};
}

json headers_json(const std::vector<HeaderMatch>& headers) {
    auto list = json::array();
    for (const HeaderMatch& each : headers) {
        json one = match_object(each.value);
        one["header"] = each.header;
        list.push_back(std::move(one));
    }
    return list;
}

TextMatch read_match(JsonFields& fields) {
    TextMatch match;
    unsigned given = 0;
    for (std::size_t i = 0; i < match_keys.size(); ++i) {
        const std::string key(match_keys[i]);
        if (fields.find(key.c_str()) == nullptr) continue;
        ++given;
        match = {MatchKind(i), fields.text(key.c_str(), longest_member)};
    }
    if (given != 1) fields.refuse("match", "needs one of exact, prefix and regex");
    return match;
}

std::vector<HeaderMatch> read_headers(JsonFields& fields, const char* key) {
    std::vector<HeaderMatch> headers;
    for (const json& each : fields.array(key, max_matches)) {
        JsonFields inner(each);
        HeaderMatch match{inner.text("header", longest_member), read_match(inner)};
        if (match.header.empty()) inner.refuse("header", "is missing");
        fields.merge(key, inner.finish());
        headers.push_back(std::move(match));
    }
    return headers;
}

std::optional<TextMatch> read_optional_match(JsonFields& fields, const char* key) {
    if (fields.find(key) == nullptr) return std::nullopt;
    JsonFields inner(fields.object(key));
    const TextMatch match = read_match(inner);
    fields.merge(key, inner.finish());
    return match;
}

MirrorRoute read_mirror(JsonFields& fields) {
    MirrorRoute mirror;
    mirror.name = fields.text("name", longest_member);
    if (const auto percentage = fields.count("percentage")) {
        if (*percentage > 100) fields.refuse("percentage", "is at most 100");
        mirror.percentage = unsigned(*percentage);
    }
    for (const json& each : fields.array("match", max_matches)) {
        JsonFields inner(each);
        RequestMatch match;
        match.method = read_optional_match(inner, "method");
        match.path = read_optional_match(inner, "path");
        match.headers = read_headers(inner, "headers");
        fields.merge("match", inner.finish());
        mirror.match.push_back(std::move(match));
    }
    return mirror;
}

double read_weight(JsonFields& fields, const char* key, double missing) {
    const double weight = fields.number(key).value_or(missing);
    if (!(weight >= 0 && weight <= 100)) fields.refuse(key, "must be a number between 0 and 100");
    return weight;
}

}  // namespace

json to_json(const TrafficPlan& plan) {
    json value{{"rollout", plan.rollout}, {"canary_weight", plan.canary_weight}};
    if (plan.baseline_weight > 0) value["baseline_weight"] = plan.baseline_weight;
    if (plan.mode == SplitMode::round_robin) value["mode"] = "round_robin";
    if (!plan.cookie.empty()) value["cookie"] = plan.cookie;
    for (const HeaderRoute& each : plan.header_routes)
        value["header_routes"].push_back({{"name", each.name}, {"match", headers_json(each.match)}});
    for (const MirrorRoute& each : plan.mirrors) {
        json mirror{{"name", each.name}};
        if (each.percentage) mirror["percentage"] = *each.percentage;
        for (const RequestMatch& match : each.match) {
            json one = json::object();
            if (match.method) one["method"] = match_object(*match.method);
            if (match.path) one["path"] = match_object(*match.path);
            if (!match.headers.empty()) one["headers"] = headers_json(match.headers);
            mirror["match"].push_back(std::move(one));
        }
        value["mirrors"].push_back(std::move(mirror));
    }
    return value;
}

core::Result<TrafficPlan> traffic_plan_from_json(const json& value) {
    JsonFields fields(value);
    TrafficPlan plan;
    plan.rollout = fields.text("rollout", 128);
    if (!fields.number("canary_weight")) fields.refuse("canary_weight", "must be a number between 0 and 100");
    plan.canary_weight = read_weight(fields, "canary_weight", 0);
    plan.baseline_weight = read_weight(fields, "baseline_weight", 0);
    if (plan.canary_weight + plan.baseline_weight > 100)
        fields.refuse("baseline_weight", "is more than what the canary leaves of 100");
    if (const auto mode = fields.text("mode", 20); mode == "round_robin")
        plan.mode = SplitMode::round_robin;
    else if (!mode.empty() && mode != "session")
        fields.refuse("mode", "must be session or round_robin");
    plan.cookie = fields.text("cookie", longest_member);
    for (const json& each : fields.array("header_routes", max_routes)) {
        JsonFields inner(each);
        plan.header_routes.push_back({inner.text("name", longest_member), read_headers(inner, "match")});
        fields.merge("header_routes", inner.finish());
    }
    for (const json& each : fields.array("mirrors", max_mirrors)) {
        JsonFields inner(each);
        plan.mirrors.push_back(read_mirror(inner));
        fields.merge("mirrors", inner.finish());
    }
    return fields.finish(std::move(plan));
}

}  // namespace qd::rollouts
