#include "traffic/plan_codec.hpp"

#include <algorithm>
#include <array>

#include "core/json_fields.hpp"

namespace qd::traffic {
namespace {

using core::JsonFields;
using nlohmann::json;

constexpr std::array<std::string_view, 3> match_words{"exact", "prefix", "regex"};
constexpr std::size_t largest_plan = 256 << 10;

TextMatch read_match(JsonFields& fields) {
    TextMatch match;
    unsigned given = 0;
    for (std::size_t i = 0; i < match_words.size(); ++i) {
        const std::string key(match_words[i]);
        if (fields.find(key.c_str()) == nullptr) continue;
        ++given;
        match = {MatchKind(i), fields.text(key.c_str(), longest_text)};
    }
    if (given != 1) fields.refuse("match", "needs one of exact, prefix and regex");
    return match;
}

std::vector<HeaderMatch> read_headers(JsonFields& fields, const char* key) {
    std::vector<HeaderMatch> headers;
    for (const json& each : fields.array(key, most_matches)) {
        JsonFields inner(each);
        HeaderMatch match{inner.text("header", longest_text), read_match(inner)};
        fields.merge(key, inner.finish());
        headers.push_back(std::move(match));
    }
    return headers;
}

std::optional<TextMatch> read_optional_match(JsonFields& fields, const char* key) {
    if (fields.find(key) == nullptr) return std::nullopt;
    JsonFields inner(fields.object(key));
    TextMatch match = read_match(inner);
    fields.merge(key, inner.finish());
    return match;
}

MirrorRoute read_mirror(JsonFields& fields) {
    MirrorRoute mirror{fields.text("name", longest_text)};
    if (const auto percentage = fields.count("percentage"))
        mirror.percentage = unsigned(std::min<std::uint64_t>(*percentage, 101));
    for (const json& each : fields.array("match", most_matches)) {
        JsonFields inner(each);
        RequestMatch match{read_optional_match(inner, "method"), read_optional_match(inner, "path"),
                           read_headers(inner, "headers")};
        fields.merge("match", inner.finish());
        mirror.match.push_back(std::move(match));
    }
    return mirror;
}

json match_json(const TextMatch& match) {
    return {{match_words[std::size_t(match.kind)], match.value}};
}

json headers_json(const std::vector<HeaderMatch>& headers) {
    json list = json::array();
    for (const HeaderMatch& each : headers) {
        json one = match_json(each.value);
        one["header"] = each.header;
        list.push_back(std::move(one));
    }
    return list;
}

json mirror_json(const MirrorRoute& mirror) {
    json value{{"name", mirror.name}};
    if (mirror.percentage) value["percentage"] = *mirror.percentage;
    for (const RequestMatch& match : mirror.match) {
        json one = json::object();
        if (match.method) one["method"] = match_json(*match.method);
        if (match.path) one["path"] = match_json(*match.path);
        if (!match.headers.empty()) one["headers"] = headers_json(match.headers);
        value["match"].push_back(std::move(one));
    }
    return value;
}

}  // namespace

json to_json(const TrafficPlan& plan) {
    json value{{"rollout", plan.rollout}, {"canary_weight", plan.canary_weight}};
    if (plan.baseline_weight > 0) value["baseline_weight"] = plan.baseline_weight;
    if (plan.mode == SplitMode::round_robin) value["mode"] = "round_robin";
    if (!plan.cookie.empty()) value["cookie"] = plan.cookie;
    for (const HeaderRoute& each : plan.header_routes)
        value["header_routes"].push_back({{"name", each.name}, {"match", headers_json(each.match)}});
    for (const MirrorRoute& each : plan.mirrors) value["mirrors"].push_back(mirror_json(each));
    return value;
}

core::Result<TrafficPlan> plan_from_json(const json& value) {
    JsonFields fields(value);
    TrafficPlan plan;
    plan.rollout = fields.text("rollout");
    if (!fields.number("canary_weight")) fields.refuse("canary_weight", "must be a number between 0 and 100");
    plan.canary_weight = fields.number("canary_weight").value_or(0);
    plan.baseline_weight = fields.number("baseline_weight").value_or(0);
    if (const auto mode = fields.text("mode", longest_text); mode == "round_robin")
        plan.mode = SplitMode::round_robin;
    else if (!mode.empty() && mode != "session")
        fields.refuse("mode", "must be session or round_robin");
    plan.cookie = fields.text("cookie", longest_text);
    for (const json& each : fields.array("header_routes", most_routes)) {
        JsonFields inner(each);
        plan.header_routes.push_back({inner.text("name", longest_text), read_headers(inner, "match")});
        fields.merge("header_routes", inner.finish());
    }
    for (const json& each : fields.array("mirrors", most_mirrors)) {
        JsonFields inner(each);
        plan.mirrors.push_back(read_mirror(inner));
        fields.merge("mirrors", inner.finish());
    }
    if (auto read = fields.finish(); !read) return core::Failure(read.error());
    if (auto valid = validate(plan); !valid) return core::Failure(valid.error());
    return plan;
}

core::Result<TrafficPlan> parse_plan(std::string_view text) {
    const auto document = core::parse_json(text, largest_plan);
    if (!document) return core::Failure(document.error());
    return plan_from_json(*document);
}

}  // namespace qd::traffic
