#include "gateway/traffic_plan.hpp"

#include <array>
#include <set>

#include "core/json_fields.hpp"

namespace qd::gateway {
namespace {

using core::Errc;
using core::fail;
using core::JsonFields;
using nlohmann::json;

constexpr std::array<std::string_view, 3> match_words{"exact", "prefix", "regex"};
constexpr std::size_t largest_plan = 256 << 10, longest_rollout = 128, longest_text = 256;
constexpr std::size_t most_routes = 8, most_mirrors = 4, most_matches = 8;

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

bool is_percent(double weight) {
    return weight >= 0 && weight <= 100;
}

core::Result<> validate(const std::vector<HeaderMatch>& headers) {
    if (headers.size() > most_matches)
        return fail(Errc::invalid_argument, "at most {} headers are matched at a time", most_matches);
    for (const HeaderMatch& one : headers)
        if (one.header.empty() || one.header.size() > longest_text || one.value.value.size() > longest_text)
            return fail(Errc::invalid_argument, "a header match needs a name; both have at most {} bytes",
                        longest_text);
    return {};
}

/// Routes are told apart by their names.
template <class Route>
core::Result<> validate_names(const std::vector<Route>& routes, const char* what, std::size_t most) {
    std::set<std::string_view> names;
    if (routes.size() > most) return fail(Errc::invalid_argument, "{}: at most {} are taken", what, most);
    for (const Route& route : routes)
        if (route.name.size() > longest_text || !names.insert(route.name).second)
            return fail(Errc::invalid_argument, "{}: names are short and differ", what);
    return {};
}

}  // namespace

Arm choose_arm(const TrafficPlan& plan, std::string_view session) {
    const double place = place_of(plan.rollout, session) * 100.0;
    if (place < plan.canary_weight) return Arm::canary;
    return place >= 100.0 - plan.baseline_weight ? Arm::baseline : Arm::stable;
}

std::optional<Arm> arm_of_cookie(std::string_view value) {
    if (value == "always") return Arm::canary;
    if (value == "never") return Arm::stable;
    return parse_arm(value);
}

core::Result<> validate(const TrafficPlan& plan) {
    if (!is_percent(plan.canary_weight))
        return fail(Errc::invalid_argument, "canary_weight must be a number between 0 and 100");
    if (!is_percent(plan.baseline_weight) || plan.canary_weight + plan.baseline_weight > 100)
        return fail(Errc::invalid_argument,
                    "baseline_weight must be a number between 0 and what the canary leaves of 100");
    if (plan.rollout.size() > longest_rollout)
        return fail(Errc::invalid_argument, "rollout must not be longer than {} bytes", longest_rollout);
    if (plan.cookie.size() > longest_text)
        return fail(Errc::invalid_argument, "cookie must not be longer than {} bytes", longest_text);
    if (auto named = validate_names(plan.header_routes, "header_routes", most_routes); !named) return named;
    if (auto named = validate_names(plan.mirrors, "mirrors", most_mirrors); !named) return named;
    for (const HeaderRoute& route : plan.header_routes) {
        if (route.match.empty())
            return fail(Errc::invalid_argument, "header_routes: '{}' matches no header", route.name);
        if (auto fits = validate(route.match); !fits) return fits;
    }
    for (const MirrorRoute& mirror : plan.mirrors) {
        if (mirror.percentage.value_or(0) > 100 || mirror.match.size() > most_matches)
            return fail(Errc::invalid_argument,
                        "mirrors: '{}' has a percentage of at most 100 and at most {}"
                        " matches",
                        mirror.name, most_matches);
        for (const RequestMatch& match : mirror.match)
            if (auto fits = validate(match.headers); !fits) return fits;
    }
    return {};
}

core::Result<TrafficPlan> parse_traffic_plan(std::string_view text) {
    const auto document = core::parse_json(text, largest_plan);
    if (!document) return core::Failure(document.error());
    JsonFields fields(*document);
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

json to_json_value(const TrafficPlan& plan) {
    json value{{"rollout", plan.rollout}, {"canary_weight", plan.canary_weight}};
    if (plan.baseline_weight > 0) value["baseline_weight"] = plan.baseline_weight;
    if (plan.mode == SplitMode::round_robin) value["mode"] = "round_robin";
    if (!plan.cookie.empty()) value["cookie"] = plan.cookie;
    for (const HeaderRoute& each : plan.header_routes)
        value["header_routes"].push_back({{"name", each.name}, {"match", headers_json(each.match)}});
    for (const MirrorRoute& each : plan.mirrors) value["mirrors"].push_back(mirror_json(each));
    return value;
}

}  // namespace qd::gateway
