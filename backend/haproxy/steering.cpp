#include "haproxy/steering.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "haproxy/runtime_socket.hpp"
#include "haproxy/weights.hpp"

namespace qd::haproxy {
namespace {

ArmSizes sizes(const Options& options) {
    return {unsigned(options.stable.size()), unsigned(options.canary.size()),
            unsigned(options.baseline.size())};
}

bool same_header(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) {
        const auto lower = [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : int(c); };
        return lower(x) == lower(y);
    });
}

const HeaderMap* map_for(const Options& options, const traffic::HeaderMatch& match) {
    for (const HeaderMap& map : options.header_maps)
        if (map.match == match.value.kind && same_header(map.header, match.header)) return &map;
    return nullptr;
}

/// Nothing balances to a server without weight; a cookie still leads there, until it is in maintenance (which
/// lets it complete what it has).
Admin idle(const Options& options, bool header_routes) {
    if (header_routes) return Admin::ready;  // `use-server` leads to a server without weight
    return options.affinity == Affinity::cookie ? Admin::maint : Admin::drain;
}

unsigned effective(const ServerState& state) {
    return state.admin == Admin::ready ? state.weight : 0;
}

}  // namespace

std::optional<std::string> refusal(const Options& options, const traffic::TrafficPlan& plan) {
    if (!plan.mirrors.empty()) return "HAProxy's runtime API cannot mirror requests";
    if (!plan.cookie.empty()) return "a cookie that picks the arm is not set up in this HAProxy";
    // Where everybody goes the same way it does not matter what is split.
    const bool split = plan.baseline_weight > 0 || (plan.canary_weight > 0 && plan.canary_weight < 100);
    if (split && plan.mode == traffic::SplitMode::session && options.affinity == Affinity::none)
        return fmt::format(
            "the backend '{}' keeps no session on its server: use round_robin, or set its affinity up",
            options.backend);
    if (split && plan.mode == traffic::SplitMode::round_robin && options.affinity != Affinity::none)
        return fmt::format("the backend '{}' keeps sessions on their servers: use the session mode",
                           options.backend);
    if (plan.baseline_weight > 0 && options.baseline.empty())
        return fmt::format("the backend '{}' has no servers for a baseline", options.backend);
    for (const traffic::HeaderRoute& route : plan.header_routes) {
        if (route.match.size() != 1)
            return fmt::format("the header route '{}' asks for {} headers; a map file decides by one",
                               route.name, route.match.size());
        const auto& match = route.match.front();
        if (match.value.kind == traffic::MatchKind::regex)
            return fmt::format(
                "the header route '{}' is a regular expression; map files are set up for exact "
                "values and prefixes",
                route.name);
        if (map_for(options, match) == nullptr)
            return fmt::format("no map file is set up for {} values of {}",
                               match.value.kind == traffic::MatchKind::exact ? "exact" : "prefix",
                               match.header);
        const std::string& key = match.value.value;
        if (key.empty() || key.front() == ' ' || key.back() == ' ' || key.front() == '#' ||
            std::ranges::any_of(key, [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
            return fmt::format("the value of the header route '{}' cannot stand in a map file", route.name);
    }
    if (!weights_for(plan.canary_weight, plan.baseline_weight, sizes(options)))
        return fmt::format("HAProxy's weights of 0 to 256 cannot give the canary {:g} %", plan.canary_weight);
    return std::nullopt;
}

Steered wanted(const Options& options, const traffic::TrafficPlan& plan, const Steered& now) {
    const ArmWeights weights =
        weights_for(plan.canary_weight, plan.baseline_weight, sizes(options)).value_or(ArmWeights{1, 0, 0});
    Steered then;
    const auto put = [&](const std::vector<std::string>& servers, unsigned weight, Admin without) {
        for (const std::string& name : servers) {
            const auto known = now.servers.find(name);
            const bool is_known = known != now.servers.end();
            // One that was stopped (haproxy_runner.hpp) gets nothing as it is: it is left so.
            const bool stopped = is_known && known->second.admin == Admin::maint &&
                                 std::ranges::find(options.stable, name) == options.stable.end();
            const Admin idle_state = without == Admin::drain && stopped ? Admin::maint : without;
            then.servers[name] = {!is_known || known->second.up, weight > 0 ? Admin::ready : idle_state,
                                  weight};
        }
    };
    put(options.canary, weights.canary, idle(options, !plan.header_routes.empty()));
    put(options.baseline, weights.baseline, idle(options, false));
    put(options.stable, weights.stable, idle(options, false));
    for (const HeaderMap& map : options.header_maps) then.maps[map.file];
    for (const traffic::HeaderRoute& route : plan.header_routes)
        if (const HeaderMap* map = route.match.empty() ? nullptr : map_for(options, route.match.front()))
            then.maps[map->file].push_back(route.match.front().value.value);
    for (auto& [file, keys] : then.maps) {
        std::ranges::sort(keys);
        keys.erase(std::ranges::unique(keys).begin(), keys.end());
    }
    return then;
}

std::vector<std::string> commands(const Options& options, const Steered& now, const Steered& then) {
    std::vector<std::string> deleted, added, lowered, raised;
    for (const auto& [file, keys] : then.maps) {
        const auto known = now.maps.find(file);
        const std::vector<std::string> none;
        const auto& before = known == now.maps.end() ? none : known->second;
        for (const std::string& key : before)
            if (!std::ranges::binary_search(keys, key))
                deleted.push_back(fmt::format("del map {} {}", escaped(file), escaped(key)));
        for (const std::string& key : keys)
            if (!std::ranges::binary_search(before, key))
                added.push_back(fmt::format("add map {} {} canary", escaped(file), escaped(key)));
    }
    const auto of = [](const Steered& steered, const std::string& name) {
        const auto at = steered.servers.find(name);
        return at == steered.servers.end() ? ServerState{} : at->second;
    };
    const auto change = [&](const std::string& name) {
        const ServerState before = of(now, name), after = of(then, name);
        auto& into = effective(after) < effective(before) ? lowered : raised;
        if (before.weight != after.weight)
            into.push_back(fmt::format("set server {}/{} weight {}", options.backend, name, after.weight));
        if (before.admin != after.admin)
            into.push_back(
                fmt::format("set server {}/{} state {}", options.backend, name, to_string(after.admin)));
    };
    // A canary that is to get less gets less before anybody else gets more, unless it has all of the traffic;
    // the stable arm is taken down last.
    const bool stable_idle = std::ranges::all_of(
        options.stable, [&](const std::string& name) { return effective(of(now, name)) == 0; });
    for (const std::string& name : options.canary) change(name);
    for (const std::string& name : options.baseline) change(name);
    const std::vector<std::string> canary_lowered = std::exchange(lowered, {});
    for (const std::string& name : options.stable) change(name);
    std::vector<std::string> all = std::move(deleted);
    const auto append = [&](const std::vector<std::string>& more) {
        all.insert(all.end(), more.begin(), more.end());
    };
    append(stable_idle ? raised : canary_lowered);
    append(stable_idle ? canary_lowered : raised);
    append(lowered);
    append(added);
    return all;
}

traffic::TrafficPlan plan_of(const Options& options, const Steered& now) {
    traffic::TrafficPlan plan;
    plan.mode =
        options.affinity == Affinity::none ? traffic::SplitMode::round_robin : traffic::SplitMode::session;
    double all = 0;
    const auto sum = [&](const std::vector<std::string>& servers) {
        double weight = 0;
        for (const std::string& name : servers)
            if (const auto at = now.servers.find(name); at != now.servers.end())
                weight += effective(at->second);
        all += weight;
        return weight;
    };
    const double canary = sum(options.canary), baseline = sum(options.baseline);
    sum(options.stable);
    if (all > 0) {
        plan.canary_weight = 100 * canary / all;
        plan.baseline_weight = 100 * baseline / all;
    }
    for (const HeaderMap& map : options.header_maps)
        if (const auto at = now.maps.find(map.file); at != now.maps.end())
            for (const std::string& key : at->second)
                plan.header_routes.push_back({map.file + " " + key, {{map.header, {map.match, key}}}});
    return plan;
}

std::string difference(const Steered& now, const Steered& then) {
    for (const auto& [name, state] : then.servers) {
        const auto at = now.servers.find(name);
        if (at == now.servers.end()) return fmt::format("it has no server '{}'", name);
        if (at->second.weight != state.weight)
            return fmt::format("the weight of '{}' is {} and not {}", name, at->second.weight, state.weight);
        if (at->second.admin != state.admin)
            return fmt::format("'{}' is {} and not {}", name, to_string(at->second.admin),
                               to_string(state.admin));
    }
    for (const auto& [file, keys] : then.maps)
        if (const auto at = now.maps.find(file); at == now.maps.end() || at->second != keys)
            return fmt::format("the map {} holds other keys", file);
    return "nothing differs";
}

}  // namespace qd::haproxy
