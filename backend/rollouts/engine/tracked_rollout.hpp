#pragma once
// One rollout as the engine tracks it: what the audit says, and what is known only while running. Not
// thread-safe.

#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "rollouts/drivers.hpp"
#include "rollouts/engine/audit_journal.hpp"
#include "rollouts/engine/instance_plan.hpp"
#include "rollouts/rollout.hpp"

namespace qd::rollouts {

struct TrackedRollout {
    RolloutId id;
    Beginning beginning;
    Canary canary;
    std::vector<AuditEvent> audit;
    std::optional<Verdict> verdict;
    std::optional<std::chrono::milliseconds> time_to_zero;
    std::string stable_version;                   // what serves the stable arm now
    std::optional<core::WallTime> traffic_since;  // the canary has had traffic, without a break
    core::WallTime weight_since;                  // the present weight was asked for
    bool failure_handled = false;                 // the analysis has acted on the present run of failures

    std::optional<core::WallTime> last_verdict_at;  // of the last verdict's row
    std::optional<Outcome> last_verdict_outcome;

    // Of this process's life only:
    bool canary_seen = false;                     // an instance of it was seen to serve
    bool split_confirmed = false;                 // the router applies canary.weight
    std::optional<core::WallTime> zero_since;     // confirmed, with weight 0
    std::optional<core::SteadyTime> abort_began;  // to be measured
    unsigned failures = 0;                        // judgements in a row
    std::string trouble;                          // what a driver said last; empty: nothing
    std::optional<ArmWindow> judged;              // the counts behind the verdict
    std::optional<ArmWindow> observed;            // the counts behind the observed weight
    std::vector<RunningInstance> instances;       // as last listed
    std::optional<core::WallTime> trouble_at;     // the last row that told of one
    bool settled = false;                         // finished, and nothing is left to start or stop

    const Specification& specification() const { return beginning.specification; }

    /// Takes in a row: the same live and when the audit is replayed. Errors are those of follow().
    core::Result<> absorb(const AuditRow& row);
    /// What the engine should bring about with instances; `drained`: canaries without traffic may go.
    WantedInstances wanted_instances(bool drained) const;
    /// In a sentence, for people.
    std::string message(core::WallTime now) const;
    /// As clients see it.
    Rollout view(core::WallTime now) const;
};

/// An audit row in a sentence, e.g. "v2 receives 10 % (step 1 of 5)".
std::string describe(const AuditEvent& event, const TrackedRollout& after);

}  // namespace qd::rollouts
