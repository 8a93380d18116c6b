#pragma once
// What a rollout engine steers and reads, as interfaces: the gateway of a local site, or another's router.
// Calls may block for seconds; none is made on a thread that must not.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "rollouts/judge.hpp"

namespace qd::rollouts {

/// What the router says it applies now.
struct SplitReading {
    std::string rollout;  // empty: none
    unsigned canary_weight = 0;
    std::optional<std::uint64_t> stable_requests;  // since the router began counting
    std::optional<std::uint64_t> canary_requests;
};

/// Thread-safe.
class TrafficSplitter {
public:
    virtual ~TrafficSplitter() = default;
    /// Returns once the router applies it: from then on no new request goes elsewhere.
    virtual core::Result<> set_weight(const std::string& rollout, unsigned canary_weight) = 0;
    virtual core::Result<SplitReading> read() = 0;
};

struct RunningInstance {
    std::string instance;  // "api-3"
    std::string arm;       // "stable" | "canary"
    std::string version;
    bool ready = false;
};

/// Thread-safe.
class VersionRunner {
public:
    virtual ~VersionRunner() = default;
    /// The instances of the role that is rolled out, of both arms.
    virtual core::Result<std::vector<RunningInstance>> list() = 0;
    /// Starts `count` instances and returns once they are ready. `faults_json` as faults_json() writes it.
    virtual core::Result<> start(const std::string& arm, const std::string& version, unsigned count,
                                 const std::string& faults_json) = 0;
    /// Drains and ends one.
    virtual core::Result<> stop(const std::string& instance) = 0;
};

struct ArmWindow {
    ArmCounts stable;
    ArmCounts canary;
    double covered_s = 0;  // how much of the window there is data for
};

/// Thread-safe and quick: it reads what was scraped. Nothing when no arm has been seen.
class ArmMetrics {
public:
    virtual ~ArmMetrics() = default;
    /// Counts of the last `window`, by arm; `latency_threshold_s` is one of the histogram's bounds (seconds).
    virtual std::optional<ArmWindow> counts(core::WallTime now, std::chrono::milliseconds window,
                                            double latency_threshold_s) = 0;
};

}  // namespace qd::rollouts
