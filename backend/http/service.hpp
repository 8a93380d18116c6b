#pragma once
// What every service adds to its server: RED metrics, health, /metrics, and the access log.

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "http/server.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace qd::http {

struct ServiceIdentity {
    std::string service;   // "gateway", "api", "worker", "opsd", …
    std::string version;   // the version label, e.g. "v1"
    std::string role;      // stable | canary | baseline
    std::string instance;  // "api-1"
};

/// Adds /metrics, /-/healthy (and /livez) and /-/ready (and /readyz), and observes every request into
/// streamd_http_requests_total and streamd_http_request_duration_seconds (`metric_prefix` "streamd") and the
/// log. `ready` is asked at each readiness check: nothing wrong, or the reason. Call before server.start();
/// everything passed must outlive the server.
void add_service_endpoints(Server& server, telemetry::Metrics& metrics, telemetry::Log& log,
                           const ServiceIdentity& identity, std::function<core::Result<>()> ready,
                           const std::string& metric_prefix = "streamd");

}  // namespace qd::http
