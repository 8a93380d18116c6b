#pragma once
// The routers of the configuration as drivers of the rollout engine: what splits, what runs, and what was
// counted, sampled each second.

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/executor.hpp"
#include "haproxy/haproxy_metrics.hpp"
#include "haproxy/haproxy_router.hpp"
#include "haproxy/haproxy_runner.hpp"
#include "opsd/analysis_sources.hpp"
#include "opsd/rollout_desk.hpp"
#include "rollouts/engine/lane.hpp"
#include "telemetry/log.hpp"

namespace qd::opsd {

/// Thread-safe. Threads: an "opsd-router" for each router, after start().
class RouterDesk {
public:
    /// Client, clock and log outlive it. That a router does not answer is no error: it is shown. Templates of
    /// its rollouts are measured by `sources`, and by what it counted where they ask for the site's figures.
    RouterDesk(const std::vector<haproxy::Options>& routers,
               const std::vector<prometheus::SourceOptions>& sources, http::Client& client,
               const core::Clock& clock, telemetry::Log& log);

    /// By name; this outlives whoever uses them.
    std::map<std::string, rollouts::Drivers> drivers() const;
    /// Why the specification's driver cannot carry it out as it stands; that of other drivers is not judged.
    core::Result<> check(const rollouts::Specification& specification) const;
    std::vector<DriverState> states() const;

    void start();
    void stop();
    /// Asks each router for its counters once: what the threads do, for those who have none.
    void sample();

private:
    struct Edge {
        Edge(const haproxy::Options& options, const std::vector<prometheus::SourceOptions>& sources,
             http::Client& client, const core::Clock& clock);

        const std::string name;
        haproxy::HaproxyRouter router;
        haproxy::HaproxyRunner runner;
        haproxy::HaproxyMetrics metrics;
        AnalysisSources source;
        std::string trouble = "it has not been asked yet";  // under the desk's mutex; empty: it answers
        std::unique_ptr<core::Periodic> sampling;           // last: it uses the others
    };

    void sample(Edge& edge);

    telemetry::Log& log_;
    mutable std::mutex mutex_;
    std::vector<std::unique_ptr<Edge>> edges_;
};

}  // namespace qd::opsd
