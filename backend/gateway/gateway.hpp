#pragma once
// The gateway as one object: server, upstream pool, split, edge cache, limits. Used by `streamd gateway` and
// by tests.
//
//   gateway::Gateway gateway(std::move(options), {clock, random, metrics, log});
//   gateway.server().add_filter(faults);          // whatever else the process adds, before start()
//   if (auto started = gateway.start(); !started) return report(...);
//   … gateway.address() …
//   gateway.stop();

#include <memory>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/random.hpp"
#include "core/result.hpp"
#include "gateway/options.hpp"
#include "http/server.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"
#include "traffic/plan.hpp"

namespace qd::gateway {

/// What the gateway uses and does not own; all of it outlives the gateway.
struct Environment {
    core::Clock& clock;
    core::Random& random;
    telemetry::Metrics& metrics;
    telemetry::Log& log;
};

/// Routes: everything of the wire's gateway section, and for admins GET|PUT /-/upstreams and GET|PUT
/// /-/split; /metrics, /-/healthy and /-/ready (ready once the stable arm has a healthy upstream).
/// Thread-safe after start(). Threads: the server's, three "http-client" (requests, health checks, copies),
/// one "gw-health" and, with a cache, one "gw-cache".
class Gateway {
public:
    Gateway(Options options, Environment environment);
    ~Gateway();
    Gateway(const Gateway&) = delete;
    Gateway& operator=(const Gateway&) = delete;

    /// To add filters and routes before start().
    http::Server& server();

    /// Errc::unavailable when the address is taken, Errc::io when the cache's folder cannot be used.
    core::Result<> start();
    void stop(std::chrono::milliseconds grace = std::chrono::seconds(5));
    std::string address() const;

    /// Replaces the set; upstreams that stay keep their health. Errc::invalid_argument for an address that is
    /// no host:port, an instance that is empty or given twice, or more than 256 of them.
    core::Result<> set_upstreams(std::vector<Upstream> upstreams);
    /// Takes effect with the next request; see TrafficSplit::set.
    core::Result<> set_split(traffic::TrafficPlan plan);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace qd::gateway
