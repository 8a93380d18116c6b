#pragma once
// What a rollout engine steers and reads, as interfaces: the gateway of a local site, or another's router.
// Calls may block for seconds; none is made on a thread that must not.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "rollouts/action_preview.hpp"
#include "rollouts/judge.hpp"
#include "rollouts/router_counts.hpp"
#include "traffic/plan.hpp"

namespace qd::rollouts {

/// What the router says it applies now.
struct RouterReading {
    traffic::TrafficPlan plan;
    RouterCounts counts;
    core::WallTime since;  // the plan is in force
};

/// Whatever splits traffic: the local gateway, HAProxy. Thread-safe.
class TrafficRouter {
public:
    virtual ~TrafficRouter() = default;
    /// Returns once the router applies it: from then on no new request goes another way. Errc::unavailable
    /// when nobody knows what it does now; Errc::invalid_argument for what this router cannot do.
    virtual core::Result<> apply(const traffic::TrafficPlan& plan) = 0;
    virtual core::Result<RouterReading> read() = 0;
    /// What apply() would send, exactly; no I/O but reading.
    virtual core::Result<std::vector<PreviewedRequest>> preview(const traffic::TrafficPlan& plan) = 0;
    /// Why it cannot do such a plan; nothing: it can.
    virtual std::optional<std::string> refusal(const traffic::TrafficPlan&) const { return std::nullopt; }
};

struct RunningInstance {
    std::string instance;  // "api-3"
    std::string arm;       // "stable" | "canary" | "baseline"
    std::string version;
    bool ready = false;

    bool operator==(const RunningInstance&) const = default;
};

struct StartVersion {
    std::string arm;
    std::string version;
    unsigned count = 1;
    std::string faults_json;  // as faults_json() writes it
    std::string program;      // another build, by its name; empty: the site's own
    std::map<std::string, std::string> flags;
};

/// Thread-safe.
class VersionRunner {
public:
    virtual ~VersionRunner() = default;
    /// The instances of the role that is rolled out, of all arms.
    virtual core::Result<std::vector<RunningInstance>> list() = 0;
    /// Starts instances and returns once they are ready.
    virtual core::Result<> start(const StartVersion& version) = 0;
    /// Drains and ends one: requests under way are completed.
    virtual core::Result<> stop(const std::string& instance) = 0;
};

struct ArmWindow {
    ArmCounts stable;
    ArmCounts canary;
    std::optional<ArmCounts> baseline;  // of an experiment with one
    double covered_s = 0;               // how much of the window there is data for
    PlayerCounts stable_players = {}, canary_players = {}, baseline_players = {};

    bool operator==(const ArmWindow&) const = default;
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
