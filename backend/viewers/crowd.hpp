#pragma once
// N simulated viewers: each comes, picks a title, looks at its page, plays it for a while as an HLS client
// does, leaves, and comes again. Each reports to the platform's analytics how it goes, as any player does.
// Without titles or a gateway they wait and go on by themselves.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/clock.hpp"
#include "core/executor.hpp"
#include "player/transport.hpp"
#include "telemetry/log.hpp"
#include "viewers/habits.hpp"
#include "viewers/viewer_metrics.hpp"

namespace qd::viewers {

inline constexpr std::size_t max_viewers = 5'000;

struct CrowdOptions {
    std::string gateway;  // base URL
    std::uint64_t seed = 1;
    std::string forced_arm;  // stable, canary, or empty; needs the token
    std::string token;
    int max_height = 480;  // levels above are never chosen: a laptop serves the whole audience
    core::Seconds buffer_goal{30};
    Habits habits;
};

struct CrowdStatus {
    std::size_t wanted = 0;
    std::size_t playing = 0;
    std::size_t waiting = 0;  // for a title or for the gateway
    std::size_t titles = 0;
    bool gateway_up = false;
    std::uint64_t sessions = 0;  // finished
};

/// Thread-safe. All of its own work runs on `executor`, which must run one task at a time. Memory: at most
/// `wanted` sessions, without bodies.
class Crowd {
public:
    /// Everything passed must outlive it.
    Crowd(player::Transport& transport, core::Executor& executor, const core::Clock& clock,
          ViewerMetrics& metrics, telemetry::Log& log, CrowdOptions options);
    /// All viewers leave. Not from the executor's thread while it may still run tasks of other owners.
    ~Crowd();
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;

    /// At most max_viewers. Those who come are staggered; those who are too many leave now.
    void set_count(std::size_t count);
    /// As of the last second.
    CrowdStatus status() const;
    /// Nobody is here any more, and the platform has the last reports or has not taken them.
    bool reported() const;

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace qd::viewers
