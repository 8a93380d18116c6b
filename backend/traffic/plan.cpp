#include "traffic/plan.hpp"

#include <set>
#include <string_view>

namespace qd::traffic {
namespace {

using core::Errc;
using core::fail;

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

}  // namespace qd::traffic
