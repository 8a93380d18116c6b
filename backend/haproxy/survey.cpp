#include "haproxy/survey.hpp"

#include <fmt/format.h>

#include "haproxy/runtime_socket.hpp"
#include "haproxy/runtime_state.hpp"

namespace qd::haproxy {
namespace {

std::string only_word(std::string_view text) {
    return std::string(text.substr(0, text.find_first_of("\r\n")));
}

void look_at_backend(const Options& options, Survey& found) {
    const auto stat = ask(options.socket, "show stat", options.timeout);
    const auto facts =
        stat ? parse_facts(*stat, options.backend) : core::Result<BackendFacts>(core::Failure(stat.error()));
    if (!facts) return found.troubles.push_back(facts.error().message);
    found.backend = fmt::format("{}: mode {}{}{}", options.backend, facts->mode,
                                facts->algorithm.empty() ? "" : ", balance ", facts->algorithm);
    if (facts->mode != "http")
        found.troubles.push_back(fmt::format(
            "the backend '{}' is in mode {}: HAProxy counts answers in mode http only, so no canary "
            "can be judged",
            options.backend, facts->mode));
    if (facts->algorithm == "static-rr" || facts->algorithm == "first")
        found.troubles.push_back(fmt::format(
            "'balance {}' does not take weights while HAProxy runs: use roundrobin, leastconn or random",
            facts->algorithm));
    std::string unchecked;
    for (const auto* arm : {&options.stable, &options.canary, &options.baseline})
        for (const std::string& server : *arm)
            if (std::ranges::find(facts->unchecked, server) != facts->unchecked.end())
                unchecked += (unchecked.empty() ? "" : ", ") + server;
    if (!unchecked.empty())
        found.remarks.push_back(unchecked + ": no health check, so they always count as up; add `check`");
}

void look_at_servers(const Options& options, Survey& found) {
    const auto text = ask(options.socket, "show servers state " + options.backend, options.timeout);
    const auto states = text ? parse_servers_state(*text, options.backend)
                             : core::Result<ServerStates>(core::Failure(text.error()));
    if (!states) return found.troubles.push_back(states.error().message);
    const auto labels = read_labels(options);
    if (!labels) found.troubles.push_back(labels.error().message);
    const auto look = [&](const std::vector<std::string>& servers, const char* arm) {
        for (const std::string& server : servers) {
            const auto at = states->find(server);
            if (at == states->end()) {
                found.troubles.push_back(
                    fmt::format("the backend '{}' has no server '{}' (the {} arm names it)", options.backend,
                                server, arm));
                continue;
            }
            const ServerState& state = at->second;
            found.servers.push_back(fmt::format("{} ({}, {}): {}, weight {}, {}", server, arm,
                                                labels ? labels->at(server) : "version not known",
                                                to_string(state.admin), state.weight,
                                                state.up ? "up" : "down"));
        }
    };
    look(options.stable, "stable");
    look(options.canary, "canary");
    look(options.baseline, "baseline");
}

}  // namespace

core::Result<Survey> survey(const Options& options) {
    const auto info = ask(options.socket, "show info", options.timeout);
    if (!info) return core::Failure(info.error());
    Survey found;
    found.version = parse_info(*info, "Version");
    if (found.version.empty())
        return core::fail(core::Errc::unprocessable, "what answers at {} is no HAProxy", options.socket);
    if (const auto level = ask(options.socket, "show cli level", options.timeout))
        found.level = only_word(*level);
    if (found.level == "user" || found.level == "operator")
        found.troubles.push_back(fmt::format(
            "the socket {} is of level {}: it cannot set weights; write `level admin` at its `stats socket`",
            options.socket, found.level));
    look_at_backend(options, found);
    look_at_servers(options, found);
    for (const HeaderMap& map : options.header_maps) {
        const auto content = ask(options.socket, "show map " + escaped(map.file), options.timeout);
        const auto keys = content ? parse_map(*content, map.file)
                                  : core::Result<std::vector<std::string>>(core::Failure(content.error()));
        if (!keys) found.troubles.push_back(keys.error().message);
    }
    return found;
}

}  // namespace qd::haproxy
