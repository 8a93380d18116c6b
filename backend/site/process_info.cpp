#include "site/process_info.hpp"

#include <array>
#include <nlohmann/json.hpp>

namespace qd::site {
namespace {

using nlohmann::json;

constexpr std::array states{"starting", "ready", "stopping", "backing_off"};

core::Result<ProcessState> parse_state(const std::string& name) {
    for (std::size_t i = 0; i < states.size(); ++i)
        if (name == states[i]) return ProcessState(i);
    return core::fail(core::Errc::invalid_argument, "'{}' is no state of a process", name);
}

}  // namespace

std::string_view to_string(ProcessState state) {
    return states[std::size_t(state)];
}

json to_json(const ProcessInfo& process) {
    return {{"role", process.role},         {"version", process.version},
            {"arm", process.arm},           {"instance", process.instance},
            {"pid", process.pid},           {"address", process.address},
            {"metrics", process.metrics},   {"state", to_string(process.state)},
            {"restarts", process.restarts}, {"started_at", core::format_rfc3339(process.started_at)}};
}

core::Result<ProcessInfo> process_from_json(const json& value) try {
    ProcessInfo process;
    process.role = value.at("role").get<std::string>();
    process.version = value.value("version", "");
    process.arm = value.value("arm", "");
    process.instance = value.at("instance").get<std::string>();
    process.pid = value.value("pid", std::int64_t{0});
    process.address = value.value("address", "");
    process.metrics = value.value("metrics", "");
    process.restarts = value.value("restarts", 0u);
    const auto state = parse_state(value.value("state", "ready"));
    if (!state) return core::Failure(state.error());
    process.state = *state;
    if (const std::string at = value.value("started_at", ""); !at.empty()) {
        const auto time = core::parse_rfc3339(at);
        if (!time) return core::Failure(time.error());
        process.started_at = *time;
    }
    return process;
} catch (const json::exception& error) {
    return core::fail(core::Errc::invalid_argument, "not a process: {}", error.what());
}

std::string encode(const Endpoints& endpoints) {
    json processes = json::array();
    for (const ProcessInfo& process : endpoints.processes) processes.push_back(to_json(process));
    const json document{{"schema", 1},
                        {"pid", endpoints.pid},
                        {"started_at", core::format_rfc3339(endpoints.started_at)},
                        {"gateway", endpoints.gateway},
                        {"opsd", endpoints.opsd},
                        {"token_file", endpoints.token_file},
                        {"processes", processes}};
    return document.dump(2) + "\n";
}

core::Result<Endpoints> decode_endpoints(std::string_view text) try {
    const json document = json::parse(text);
    if (document.at("schema").get<int>() != 1)
        return core::fail(core::Errc::invalid_argument,
                          "endpoints.json has a schema this version does not know");
    Endpoints endpoints;
    endpoints.pid = document.at("pid").get<std::int64_t>();
    const auto at = core::parse_rfc3339(document.value("started_at", ""));
    if (at) endpoints.started_at = *at;
    endpoints.gateway = document.at("gateway").get<std::string>();
    endpoints.opsd = document.value("opsd", "");
    endpoints.token_file = document.value("token_file", "");
    for (const json& entry : document.at("processes")) {
        auto process = process_from_json(entry);
        if (!process) return core::Failure(process.error());
        endpoints.processes.push_back(std::move(*process));
    }
    return endpoints;
} catch (const json::exception& error) {
    return core::fail(core::Errc::invalid_argument, "endpoints.json cannot be read: {}", error.what());
}

}  // namespace qd::site
