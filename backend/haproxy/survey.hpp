#pragma once
// What a HAProxy is and lets us do, for whoever checks a configuration. Nothing is changed.

#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "haproxy/options.hpp"

namespace qd::haproxy {

struct Survey {
    std::string version;               // "2.6.12-1+deb12u4"
    std::string level;                 // of the socket: "user" | "operator" | "admin"; empty: it does not say
    std::string backend;               // "streams: mode http, balance roundrobin"
    std::vector<std::string> servers;  // "c1 (canary, v2): drain, weight 0, up"
    std::vector<std::string> troubles;  // what keeps rollouts from working, with what to do
    std::vector<std::string> remarks;   // what to know
};

/// Blocks for some exchanges, each of options.timeout at most. An Error: it cannot be asked at all.
core::Result<Survey> survey(const Options& options);

}  // namespace qd::haproxy
