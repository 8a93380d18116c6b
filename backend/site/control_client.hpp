#pragma once
// Talks to the local site's supervisor over its Unix socket: one JSON object a line each way.

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "site/process_info.hpp"

namespace qd::site {

/// One more set of instances of a role. On the local site `role` is "api".
struct StartRequest {
    std::string role = "api";
    std::string arm = "canary";  // stable | canary | baseline
    std::string version;
    unsigned count = 1;  // 1..8
    std::string
        faults_json;      // a JSON array of faults without target that the version is born with; empty: none
    std::string program;  // another build of streamd, by its name in the site's `versions`; empty: its own
    std::map<std::string, std::string> flags;  // flag -> variant that these instances serve
};

/// Each call opens its own connection; thread-safe. Calls block, start() and stop() for as long as the
/// processes need to be ready or to drain (bounded by `patience`).
class ControlClient {
public:
    explicit ControlClient(std::filesystem::path socket,
                           std::chrono::milliseconds patience = std::chrono::seconds(30))
        : socket_(std::move(socket)), patience_(patience) {}

    core::Result<std::vector<ProcessInfo>> list() const;
    /// The new processes, ready. Errc::unavailable with the last lines of its log when one ends twice before
    /// it is ready or is not within 20 s: then none of them is left.
    core::Result<std::vector<ProcessInfo>> start(const StartRequest& request) const;
    /// Drains and ends one instance for good; returns once it is gone.
    core::Result<> stop(const std::string& instance) const;
    core::Result<> set_viewers(unsigned count) const;
    /// Takes the whole site down; returns when that has begun.
    core::Result<> down() const;

private:
    core::Result<std::string> call(const std::string& line) const;

    std::filesystem::path socket_;
    std::chrono::milliseconds patience_;
};

}  // namespace qd::site
