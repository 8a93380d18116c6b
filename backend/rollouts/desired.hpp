#pragma once
// What a rollout's state asks of the world: a pure function of the audit. The engine compares it with what it
// observes, puts right what differs, and writes what it observed into the audit.

#include <optional>
#include <string>

#include "rollouts/progress.hpp"
#include "rollouts/specification.hpp"
#include "traffic/plan.hpp"

namespace qd::rollouts {

/// What the first row of an audit says beside the event.
struct Beginning {
    Specification specification;
    std::string former_version;     // of the stable arm
    unsigned stable_instances = 1;  // how many of it
};

struct WantedArm {
    std::string version;
    unsigned count = 0;
    bool target = false;  // with the target's program, flags and faults

    bool operator==(const WantedArm&) const = default;
};

struct Desired {
    traffic::TrafficPlan traffic;               // its `rollout` is for the caller to fill in
    std::optional<WantedArm> stable;            // nothing: leave it as it is
    std::optional<WantedArm> canary;            // nothing: to be empty, once it has drained
    std::optional<WantedArm> baseline;          // the same
    bool stable_in_batches = false;             // rolling, either way
    bool stable_after_traffic = false;          // only once the router gives the canary everything
    std::chrono::milliseconds canary_stays{0};  // at least so long without traffic

    bool operator==(const Desired&) const = default;
};

Desired desired(const Progress& progress, const Specification& specification, const Beginning& beginning);

}  // namespace qd::rollouts
