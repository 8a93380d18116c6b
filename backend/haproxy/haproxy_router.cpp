#include "haproxy/haproxy_router.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "haproxy/runtime_socket.hpp"

namespace qd::haproxy {
namespace {

/// A HAProxy that was started anew counts from 0.
std::uint64_t since(std::uint64_t now, std::uint64_t before) {
    return now >= before ? now - before : now;
}

/// The arm that is to get traffic and has no server up; empty: none.
std::string arm_without_server(const Options& options, const Steered& now) {
    const auto lacks = [&](const std::vector<std::string>& servers) {
        bool wants = false, up = false;
        for (const std::string& name : servers) {
            const auto at = now.servers.find(name);
            if (at == now.servers.end() || at->second.admin != Admin::ready || at->second.weight == 0)
                continue;
            wants = true;
            up = up || at->second.up;
        }
        return wants && !up;
    };
    if (lacks(options.canary)) return "canary";
    if (lacks(options.baseline)) return "baseline";
    return lacks(options.stable) ? "stable" : "";
}

bool as_told(const Steered& now, const Steered& then) {
    // Whether a server's checks pass is not for us to say.
    return now.maps == then.maps &&
           std::ranges::equal(now.servers, then.servers, [](const auto& a, const auto& b) {
               return a.first == b.first && a.second.admin == b.second.admin &&
                      a.second.weight == b.second.weight;
           });
}

}  // namespace

HaproxyRouter::HaproxyRouter(Options options, const core::Clock& clock)
    : options_(std::move(options)), clock_(clock) {}

std::optional<std::string> HaproxyRouter::refusal(const traffic::TrafficPlan& plan) const {
    return haproxy::refusal(options_, plan);
}

core::Result<std::string> HaproxyRouter::ask_for(std::string_view line) const {
    return ask(options_.socket, line, options_.timeout);
}

core::Result<Steered> HaproxyRouter::steered() const {
    const auto text = ask_for("show servers state " + options_.backend);
    if (!text) return core::Failure(text.error());
    const auto states = parse_servers_state(*text, options_.backend);
    if (!states) return core::Failure(states.error());
    Steered now;
    for (const auto* servers : {&options_.stable, &options_.canary, &options_.baseline})
        for (const std::string& name : *servers) {
            const auto at = states->find(name);
            if (at == states->end())
                return core::fail(core::Errc::not_found, "HAProxy's backend '{}' has no server '{}'",
                                  options_.backend, name);
            now.servers.insert(*at);
        }
    for (const HeaderMap& map : options_.header_maps) {
        const auto content = ask_for("show map " + escaped(map.file));
        if (!content) return core::Failure(content.error());
        auto keys = parse_map(*content, map.file);
        if (!keys) return core::Failure(keys.error());
        std::ranges::sort(*keys);
        keys->erase(std::ranges::unique(*keys).begin(), keys->end());
        now.maps[map.file] = std::move(*keys);
    }
    return now;
}

core::Result<ServerCountsByName> HaproxyRouter::counts() const {
    const auto text = ask_for("show stat");
    if (!text) return core::Failure(text.error());
    return parse_stat(*text, options_.backend);
}

core::Result<std::string> HaproxyRouter::line_for(const traffic::TrafficPlan& plan) const {
    if (const auto why = refusal(plan)) return core::fail(core::Errc::invalid_argument, "{}", *why);
    const auto now = steered();
    if (!now) return core::fail_with_context("reading HAProxy", now.error());
    return fmt::format("{}", fmt::join(commands(options_, *now, wanted(options_, plan, *now)), "; "));
}

core::Result<std::vector<rollouts::PreviewedRequest>> HaproxyRouter::preview(
    const traffic::TrafficPlan& plan) {
    auto line = line_for(plan);
    if (!line) return core::Failure(line.error());
    std::vector<rollouts::PreviewedRequest> requests;
    if (!line->empty()) requests.push_back({"haproxy", "", options_.socket, "", std::move(*line)});
    return requests;
}

core::Result<> HaproxyRouter::apply(const traffic::TrafficPlan& plan) {
    const std::lock_guard one(applying_);
    const auto line = line_for(plan);
    if (!line) return core::Failure(line.error());
    auto before = counts();
    if (!before) return core::fail_with_context("reading HAProxy", before.error());
    if (!line->empty()) {
        const auto answer = ask_for(*line);
        if (!answer) return core::fail_with_context("steering HAProxy", answer.error());
        if (const auto done = parse_done(*answer); !done)
            return core::fail_with_context("steering HAProxy", done.error());
    }
    const auto now = steered();
    if (!now) return core::fail_with_context("reading HAProxy back", now.error());
    const Steered then = wanted(options_, plan, *now);
    if (!as_told(*now, then))
        return core::fail(core::Errc::conflict, "HAProxy took the commands, but {}", difference(*now, then));
    {
        const std::lock_guard lock(mutex_);
        // What is told again is still the same plan.
        if (!in_force_ || in_force_->plan != plan || !line->empty())
            in_force_ = InForce{plan, clock_.now(), std::move(*before)};
    }
    if (const std::string arm = arm_without_server(options_, *now); !arm.empty())
        return core::fail(core::Errc::conflict,
                          "HAProxy has no {} server that is up: the others get its share of the traffic",
                          arm);
    return {};
}

core::Result<rollouts::RouterReading> HaproxyRouter::read() {
    const auto now = steered();
    if (!now) return core::fail_with_context("reading HAProxy", now.error());
    auto counted = counts();
    if (!counted) return core::fail_with_context("reading HAProxy", counted.error());
    rollouts::RouterReading reading;
    const std::lock_guard lock(mutex_);
    const bool same = in_force_ && as_told(*now, wanted(options_, in_force_->plan, *now));
    if (!same) {
        traffic::TrafficPlan plan = plan_of(options_, *now);
        if (!in_force_ || in_force_->plan != plan)
            in_force_ = InForce{std::move(plan), clock_.now(), *counted};
    }
    reading.plan = in_force_->plan;
    reading.since = in_force_->since;
    std::uint64_t forced = 0;
    const auto drawn = [&](const std::vector<std::string>& servers) {
        std::uint64_t sum = 0;
        for (const std::string& name : servers) {
            const ServerCounts& is = (*counted)[name];
            const ServerCounts& was = in_force_->counted[name];
            const std::uint64_t balanced = since(is.balanced, was.balanced);
            const std::uint64_t all = since(is.sessions, was.sessions);
            sum += balanced;
            forced += all > balanced ? all - balanced : 0;
        }
        return sum;
    };
    reading.counts.stable_requests = drawn(options_.stable);
    reading.counts.canary_requests = drawn(options_.canary);
    if (!options_.baseline.empty()) reading.counts.baseline_requests = drawn(options_.baseline);
    reading.counts.forced_requests = forced;
    std::uint64_t in_flight = 0;
    for (const std::string& name : options_.canary) in_flight += (*counted)[name].current;
    reading.counts.canary_in_flight = in_flight;
    return reading;
}

}  // namespace qd::haproxy
