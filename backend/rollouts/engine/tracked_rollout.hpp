#pragma once
// One rollout as the engine tracks it: what the audit says, and what is known only while running. Not
// thread-safe.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "rollouts/drivers.hpp"
#include "rollouts/engine/audit_journal.hpp"
#include "rollouts/engine/evidence.hpp"
#include "rollouts/engine/instance_plan.hpp"
#include "rollouts/rollout.hpp"

namespace qd::rollouts {

struct TrackedRollout {
    RolloutId id;
    Beginning beginning;
    Progress progress;
    std::vector<AuditEvent> audit;
    std::optional<Verdict> verdict;
    std::optional<std::chrono::milliseconds> time_to_zero;
    std::string stable_version;                   // what serves the stable arm now
    std::optional<core::WallTime> traffic_since;  // the canary has had traffic, without a break
    Evidence evidence;                            // what the judge is given
    core::WallTime weight_since;                  // the present plan was asked for
    bool failure_handled = false;                 // the analysis has acted on the present run of failures
    traffic::TrafficPlan plan;                    // desired(): what is asked of the router
    std::vector<AnalysisRun> runs;                // the last of each name
    std::vector<Approval> approvals;
    std::string overrode;  // the freeze in spite of which somebody went on last

    std::optional<core::WallTime> last_verdict_at;  // of the last verdict's row
    std::optional<Outcome> last_verdict_outcome;

    // Of this process's life only:
    std::string driver = "gateway", driver_note;
    bool connected = true;                                // the router answered last
    core::WallTime observed_at;                           // it did so
    std::optional<RouterCounts> counts;                   // since the plan came into force
    bool canary_seen = false;                             // an instance of it was seen to serve
    bool split_confirmed = false;                         // the router has been read to apply `plan`
    std::optional<core::WallTime> zero_since;             // confirmed, with weight 0
    std::optional<core::SteadyTime> abort_began;          // to be measured
    std::optional<core::SteadyTime> progressed_at;        // rolling: when its last row of progress came
    std::map<std::string, core::SteadyTime> ready_since;  // rolling: instances of the stable arm
    unsigned failures = 0;                                // judgements in a row
    std::string trouble;                                  // what a driver said last; empty: nothing
    std::optional<ArmWindow> judged;                      // the counts of the analysis' window
    std::optional<ArmWindow> observed;                    // the counts behind the observed weight
    std::vector<RunningInstance> instances;               // as last listed
    std::optional<core::WallTime> trouble_at;             // the last row that told of one
    bool runs_changed = false;                            // measured since they were saved
    std::optional<core::SteadyTime> runs_saved_at;
    bool settled = false;                     // finished, and nothing is left to start or stop
    bool stirred = false;                     // something that clients see has changed
    std::optional<core::SteadyTime> told_at;  // clients were last told

    const Specification& specification() const { return beginning.specification; }

    /// Takes in a row: the same live and when the audit is replayed. Errors are those of follow().
    core::Result<> absorb(const AuditRow& row);
    /// What the engine should bring about with instances; `drained`: canaries without traffic may go.
    WantedInstances wanted_instances(bool drained) const;
    /// The canary has been without traffic for as long as it has to stay.
    bool drained(core::WallTime now, std::chrono::milliseconds drain) const;
    /// Its run of that purpose, or nothing. "background" or that of the current step.
    AnalysisRun* run_of(const std::string& name);
    std::string run_name(const std::string& purpose) const;
    /// Ends the runs that the audit does not have under way any more.
    void end_idle_runs(core::WallTime at);
    /// In a sentence, for people.
    std::string message(core::WallTime now) const;
    /// As clients see it.
    Rollout view(core::WallTime now) const;
};

/// An audit row in a sentence, e.g. "v2 receives 10 % (step 1 of 5)".
std::string describe(const AuditEvent& event, const TrackedRollout& after);

}  // namespace qd::rollouts
