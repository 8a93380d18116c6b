#pragma once
// The control plane as one object: SLOs, alerts, incidents, rollouts, faults, and the API over them. The data
// plane runs on without it: opsd only scrapes and steers.

#include <memory>
#include <string>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "opsd/options.hpp"
#include "telemetry/log.hpp"

namespace qd::opsd {

/// Threads while started: "opsd-tick", "opsd-site", an "opsd-source" for each source, an
/// "opsd-alertmgr" for each Alertmanager, an "opsd-router" for each router, two "kube-watch" for each
/// namespace of a cluster, two "opsd-work", "http-client", and the server's.
class Opsd {
public:
    /// Opens the stores and listens. `clock` and `log` outlive it. With `tick_by_itself` false the owner
    /// calls tick(). Errors: Errc::config (token), Errc::unavailable (address or data directory taken),
    /// Errc::corrupt or io (stores).
    static core::Result<std::unique_ptr<Opsd>> start(Options options, const core::Clock& clock,
                                                     telemetry::Log& log, bool tick_by_itself = true);
    /// Stops, in the opposite order of the start.
    ~Opsd();
    Opsd(const Opsd&) = delete;
    Opsd& operator=(const Opsd&) = delete;

    /// "127.0.0.1:9400"
    std::string address() const;
    /// One second's work.
    void tick();

private:
    struct Impl;
    explicit Opsd(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace qd::opsd
