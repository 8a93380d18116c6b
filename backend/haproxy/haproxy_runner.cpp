#include "haproxy/haproxy_runner.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "haproxy/feasibility.hpp"
#include "haproxy/runtime_socket.hpp"

namespace qd::haproxy {

using core::Errc;
using core::fail;
using core::fail_with_context;
using core::Failure;

namespace {

constexpr std::string_view starts_nothing = "HAProxy starts no processes";

std::string where_to_write(const Options& options) {
    return options.versions_file.empty() ? fmt::format("the `versions` of the router '{}'", options.name)
                                         : options.versions_file.string();
}

}  // namespace

core::Result<ServerStates> HaproxyRunner::states() const {
    const auto text = ask(options_.socket, "show servers state " + options_.backend, options_.timeout);
    if (!text) return Failure(text.error());
    auto states = parse_servers_state(*text, options_.backend);
    if (!states) return Failure(states.error());
    for (const auto* arm : {&options_.stable, &options_.canary, &options_.baseline})
        for (const std::string& server : *arm)
            if (!states->contains(server))
                return fail(Errc::not_found, "HAProxy's backend '{}' has no server '{}'", options_.backend,
                            server);
    return states;
}

core::Result<std::vector<rollouts::RunningInstance>> HaproxyRunner::list() {
    const auto states = this->states();
    if (!states) return fail_with_context("reading HAProxy", states.error());
    const auto labels = read_labels(options_);
    if (!labels) return Failure(labels.error());
    std::vector<rollouts::RunningInstance> running;
    for (const std::string& server : options_.stable) {
        const ServerState& state = states->at(server);
        const bool unchecked = state.admin == Admin::maint && options_.affinity == Affinity::cookie;
        running.push_back({server, "stable", labels->at(server), unchecked || state.up});
    }
    const auto add = [&](const std::vector<std::string>& servers, const char* arm) {
        for (const std::string& server : servers)
            if (const ServerState& state = states->at(server); state.admin != Admin::maint)
                running.push_back({server, arm, labels->at(server), state.up});
    };
    add(options_.canary, "canary");
    add(options_.baseline, "baseline");
    return running;
}

core::Result<> HaproxyRunner::set_state(const std::string& server, Admin admin) const {
    const auto answer = ask(
        options_.socket, fmt::format("set server {}/{} state {}", options_.backend, server, to_string(admin)),
        options_.timeout);
    if (!answer) return fail_with_context("steering HAProxy", answer.error());
    if (const auto done = parse_done(*answer); !done)
        return fail_with_context("steering HAProxy", done.error());
    const auto now = states();
    if (!now) return fail_with_context("reading HAProxy back", now.error());
    if (now->at(server).admin != admin)
        return fail(Errc::conflict, "HAProxy took the command, but '{}' is {} and not {}", server,
                    to_string(now->at(server).admin), to_string(admin));
    return {};
}

core::Result<> HaproxyRunner::start(const rollouts::StartVersion& version) {
    if (!version.faults_json.empty() || !version.program.empty() || !version.flags.empty())
        return fail(Errc::invalid_argument, "{}: faults, programs and flags cannot be given to its servers",
                    starts_nothing);
    if (version.arm == "stable")
        return fail(Errc::invalid_argument,
                    "{}: deploy {} on {} and write it into {}; until then the canary keeps its traffic",
                    starts_nothing, version.version, fmt::join(options_.stable, ", "),
                    where_to_write(options_));
    const auto states = this->states();
    if (!states) return fail_with_context("reading HAProxy", states.error());
    const auto labels = read_labels(options_);
    if (!labels) return Failure(labels.error());
    const auto& servers = version.arm == "canary" ? options_.canary : options_.baseline;
    std::vector<std::string> chosen;
    std::string others;
    for (const std::string& server : servers) {
        const bool idle = states->at(server).admin == Admin::maint;
        if (labels->at(server) == version.version && idle && chosen.size() < version.count)
            chosen.push_back(server);
        else
            others += fmt::format("{}{}: {}{}", others.empty() ? "" : ", ", server, labels->at(server),
                                  idle ? "" : ", in use");
    }
    if (chosen.size() < version.count)
        return fail(
            Errc::invalid_argument,
            "{}, and of its {} servers too few are labelled {} and idle ({}): deploy it there and write "
            "it into {}",
            starts_nothing, version.arm, version.version, others, where_to_write(options_));
    // Without traffic until the router gives them some; their checks begin.
    for (const std::string& server : chosen)
        if (auto done = set_state(server, Admin::drain); !done) return done;
    return {};
}

core::Result<> HaproxyRunner::stop(const std::string& instance) {
    if (std::ranges::find(options_.stable, instance) != options_.stable.end())
        return fail(Errc::invalid_argument, "'{}' is a stable server: it is never taken out of service",
                    instance);
    for (const auto* arm : {&options_.canary, &options_.baseline})
        if (std::ranges::find(*arm, instance) != arm->end()) return set_state(instance, Admin::maint);
    return fail(Errc::not_found, "'{}' is no server of the router '{}'", instance, options_.name);
}

core::Result<> HaproxyRunner::check(const rollouts::Specification& specification) const {
    const auto states = this->states();
    if (!states) return fail_with_context("reading HAProxy", states.error());
    const auto labels = read_labels(options_);
    if (!labels) return Failure(labels.error());
    if (const auto why = infeasible(options_, *labels, *states, specification))
        return fail(Errc::invalid_argument, "{}", *why);
    return {};
}

}  // namespace qd::haproxy
