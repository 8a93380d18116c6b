#pragma once
// The rollouts' audit on an event log: one stream per rollout, one row per audit event, with what a restart
// needs.

#include <optional>
#include <string>
#include <vector>

#include "rollouts/rollout.hpp"
#include "storage/event_log.hpp"

namespace qd::rollouts {

/// What the first row says beside the event.
struct Beginning {
    Specification specification;
    std::string former_version;     // of the stable arm
    unsigned stable_instances = 1;  // how many of it
};

struct AuditRow {
    AuditEvent event;
    std::optional<Beginning> beginning;                     // of the first row
    std::optional<Verdict> verdict;                         // of a verdict's row
    std::optional<std::chrono::milliseconds> time_to_zero;  // of the note that tells it
    std::string idempotency_key;
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

private:
    storage::EventLog& log_;
};

}  // namespace qd::rollouts
