#pragma once
// What the supervisor tells of one of its processes, and the documents that carry it: the control socket's
// lines and <data>/endpoints.json (wire: "Files and tokens").

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace qd::site {

enum class ProcessState { starting, ready, stopping, backing_off };

std::string_view to_string(ProcessState state);

struct ProcessInfo {
    std::string role;      // gateway | api | worker | opsd | viewers
    std::string version;   // the version label
    std::string arm;       // stable | canary | baseline; empty where arms mean nothing
    std::string instance;  // "api-2"; kept across restarts
    std::int64_t pid = 0;  // 0 while backing off
    std::string address;   // "127.0.0.1:4242"; empty until ready for the first time
    std::string metrics;   // "http://127.0.0.1:4242/metrics"
    ProcessState state = ProcessState::starting;
    std::uint32_t restarts = 0;
    core::WallTime started_at{};

    bool operator==(const ProcessInfo&) const = default;
};

nlohmann::json to_json(const ProcessInfo& process);
core::Result<ProcessInfo> process_from_json(const nlohmann::json& value);

/// <data>/endpoints.json
struct Endpoints {
    std::int64_t pid = 0;
    core::WallTime started_at{};
    std::string gateway;  // "http://127.0.0.1:8080"
    std::string opsd;     // empty for `streamd all`
    std::string token_file;
    std::vector<ProcessInfo> processes;
};

std::string encode(const Endpoints& endpoints);
core::Result<Endpoints> decode_endpoints(std::string_view text);

}  // namespace qd::site
