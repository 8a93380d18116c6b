#pragma once
// A rollout as clients see it: its specification, its state, and what the traffic really does.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/strong_id.hpp"
#include "rollouts/canary.hpp"
#include "rollouts/judge.hpp"
#include "rollouts/specification.hpp"

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

struct Rollout {
    RolloutId id;
    Specification specification;
    Canary canary;
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
    std::map<std::string, ArmReading> arms;       // "stable", "canary"
    std::map<std::string, std::string> refusals;  // action -> why it does not apply now; absent: it does
    std::vector<AuditEvent> audit;                // the latest 200, oldest first

    bool operator==(const Rollout&) const = default;
};

}  // namespace qd::rollouts
