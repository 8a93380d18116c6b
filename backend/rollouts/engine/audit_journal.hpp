#pragma once
// The rollouts' audit on an event log: one stream per rollout, one row per audit event, with what a restart
// needs.

#include <optional>
#include <string>
#include <vector>

#include "rollouts/desired.hpp"
#include "rollouts/rollout.hpp"
#include "storage/event_log.hpp"

namespace qd::rollouts {

struct AuditRow {
    AuditEvent event;
    std::optional<Beginning> beginning;                     // of the first row
    std::optional<Verdict> verdict;                         // of a verdict's row
    std::optional<std::chrono::milliseconds> time_to_zero;  // of the note that tells it
    std::string idempotency_key;
    std::string overrode = {};            // of a start or an action: the freeze that it was done in spite of
    std::optional<AnalysisRun> run = {};  // of an analysis' row: as it was then
};

/// Thread-safe as the log is. The log must outlive it.
class AuditJournal {
public:
    explicit AuditJournal(storage::EventLog& log) : log_(log) {}

    /// In the order in which they were started.
    core::Result<std::vector<RolloutId>> rollouts() const;
    /// Errc::corrupt when a row makes no sense.
    core::Result<std::vector<AuditRow>> read(const RolloutId& id) const;
    core::Result<> append(const RolloutId& id, const AuditRow& row);

    /// A run as it stands, between the rows that tell of its beginning and its end, in a stream of its own:
    /// the measurements move no version. The last one that was saved, or nothing.
    core::Result<> save_run(const AnalysisRun& run);
    core::Result<std::optional<AnalysisRun>> saved_run(const std::string& name) const;

private:
    storage::EventLog& log_;
};

}  // namespace qd::rollouts
