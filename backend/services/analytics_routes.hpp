#pragma once
// POST /api/v1/analytics/playback: players tell how it goes. Body: parse_beacon(). 202 {"seq","result"} with
// "counted", "repeated", "adopted", "implausible" or "late"; 400 with the field that is wrong, 413 beyond 8
// KiB, 429 with Retry-After. Nobody needs a token for it, and nothing of it is stored but sums.

#include <string>

#include "http/server.hpp"
#include "services/origin.hpp"
#include "services/playback_analytics.hpp"

namespace qd::services {

/// The gateway's word on who serves the session a request is of; clients cannot set these behind a gateway.
inline constexpr std::string_view session_arm_header = "X-Quarterdeck-Session-Arm";
inline constexpr std::string_view session_version_header = "X-Quarterdeck-Session-Version";

/// This process's own, for requests that no gateway passed on.
struct ServedAs {
    std::string arm;
    std::string version;
};

/// Everything passed outlives the server; call before server.start().
void add_analytics_routes(http::Server& server, PlaybackAnalytics& analytics, PlayerMetrics& metrics,
                          telemetry::Log& log, ServedAs self);

}  // namespace qd::services
