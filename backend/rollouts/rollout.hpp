#pragma once
// A rollout as clients see it: its specification, its state, and what the traffic really does.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/strong_id.hpp"
#include "rollouts/analysis_run.hpp"
#include "rollouts/progress.hpp"
#include "rollouts/judge.hpp"
#include "rollouts/specification.hpp"
#include "traffic/plan.hpp"

namespace qd::rollouts {

using RolloutId = core::StrongId<struct RolloutTag>;

/// One arm over the analysis' window.
struct ArmReading {
    std::string version;
    std::vector<std::string> instances;
    ArmCounts counts;
    std::optional<double> share;  // observed, of all requests, 0..1
    std::optional<double> error_ratio;
    std::optional<double> slow_ratio;

    bool operator==(const ArmReading&) const = default;
};

/// Of a person other than who started it.
struct Approval {
    std::string actor;
    core::WallTime at;
    std::string reason;

    bool operator==(const Approval&) const = default;
};

struct Rollout {
    RolloutId id;
    Specification specification;
    Progress progress;
    Phase phase = Phase::progressing;
    std::string message;         // what it does or waits for, in a sentence
    std::string stable_version;  // what serves the stable arm
    std::string former_version;  // what served it when the rollout began
    std::string actor;           // who started it
    core::WallTime created_at;
    core::WallTime updated_at;

    unsigned weight_requested = 0;          // percent
    std::optional<double> weight_observed;  // percent of requests that the canary really got
    double observed_over_s = 0;
    bool split_confirmed = false;  // the gateway has said that it applies weight_requested
    std::optional<std::chrono::milliseconds> remaining;  // of a timed step
    std::optional<std::chrono::milliseconds>
        time_to_zero;  // from the abort to the gateway's word for weight 0
    std::optional<Verdict> verdict;
    std::map<std::string, ArmReading> arms;       // "stable", "canary", with an experiment "baseline"
    std::map<std::string, std::string> refusals;  // action -> why it does not apply now; absent: it does
    std::vector<AuditEvent> audit;                // the latest 200, oldest first

    std::string driver = "gateway";  // who splits the traffic: "gateway", "haproxy", "argo"
    std::string driver_note;         // what to know about it: "not verified on a cluster"
    bool driver_connected = true;    // a lost connection is a state: what is shown is of `observed_at`
    core::WallTime observed_at;      // the driver was last heard
    traffic::TrafficPlan traffic;             // what is asked of the router
    std::optional<double> observed_low, observed_high;  // percent: Wilson's 99 % interval of weight_observed
    std::optional<std::uint64_t> canary_sessions, all_sessions;  // the cohort, since the plan came into force
    std::vector<AnalysisRun> analyses;                  // under way, and the last of each name
    std::vector<Approval> approvals;                    // given; specification.approvals are needed
    std::optional<std::string> frozen;                  // what forbids going on unless overridden
    bool read_only = false;                             // nobody may act on it from here
    std::optional<core::WallTime> ended_at;

    bool operator==(const Rollout&) const = default;
};

}  // namespace qd::rollouts
