#pragma once
// Where incidents are opened, written to and read. Everything is in the journal before a call returns; a
// process that is killed loses nothing it has answered.

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/clock.hpp"
#include "incidents/codec.hpp"
#include "incidents/engine/journal.hpp"
#include "incidents/engine/suspects.hpp"
#include "incidents/projection.hpp"
#include "incidents/severity_advice.hpp"
#include "slo/alert.hpp"
#include "telemetry/log.hpp"

namespace qd::incidents {

struct DeskOptions {
    /// An alert joins an open incident of its service when that was heard of so recently.
    std::chrono::milliseconds group_window{std::chrono::minutes(30)};
    /// An alert of another service joins an incident detected so recently, if both have a suspect in common.
    std::chrono::milliseconds correlation_window{std::chrono::minutes(2)};
    /// An alert so soon after the resolution of an incident of its service reopens it.
    std::chrono::milliseconds reopen_window{std::chrono::minutes(5)};
    /// Changes that ended so long before are still suspected.
    std::chrono::milliseconds suspect_reach{std::chrono::minutes(10)};
};

/// Who writes, and what is expected of the incident.
struct Author {
    std::string actor;
    std::string source = "api";
    std::optional<std::uint64_t> expected_version;  // If-Match; Errc::precondition_failed when it is another
    /// Repeated for the same incident, or for opening one: the first answer again, and nothing is written.
    std::string idempotency_key;
};

struct Written {
    Incident incident;  // as it is now
    Event event;        // as it was written
    bool repeated = false;
};

/// Thread-safe. The listener is called after a change is in the journal, on the writer's thread, without a
/// lock.
class IncidentDesk {
public:
    using Listener = std::function<void(const Incident&, const Event&)>;

    /// Replays the journal. An incident whose journal makes no sense is logged, left as it is and not listed.
    static core::Result<std::unique_ptr<IncidentDesk>> open(storage::EventLog& log, const core::Clock& clock,
                                                            telemetry::Log& messages,
                                                            DeskOptions options = {});

    void set_listener(Listener listener);

    core::Result<Written> open_incident(const OpenRequest& request, const Author& author);
    /// Errors of projection.hpp's follow(), Errc::not_found, Errc::precondition_failed.
    core::Result<Written> write(const IncidentId& id, const EventRequest& request, const Author& author);

    /// A firing alert opens an incident, or joins or reopens one; an ended one is noted where it is. Telling
    /// the same twice changes nothing. `impact` adds what the alert does not carry. Returns the incident that
    /// has it now.
    core::Result<std::optional<Incident>> on_alert(const slo::Alert& alert, const ImpactReading& impact);
    /// A rollout's step or a fault: remembered as a possible cause, and noted in every open incident.
    void on_machine(const MachineNote& note);

    core::Result<Incident> get(const IncidentId& id) const;
    /// Open ones first, then the latest detected first.
    std::vector<Incident> list() const;
    /// As recorded, corrections included. Errc::not_found.
    core::Result<std::vector<Event>> timeline(const IncidentId& id) const;
    /// The most severe open incident, if one is at least as severe as `at_least` (SEV1 is the most severe).
    std::optional<Incident> worst_open(Severity at_least) const;

private:
    struct Change {
        Incident incident;
        Event event;
    };
    using Changes = std::vector<Change>;
    struct AlertHome {
        IncidentId incident;
        bool ended = false;
    };

    IncidentDesk(storage::EventLog& log, const core::Clock& clock, telemetry::Log& messages,
                 DeskOptions options);
    core::Result<> load();
    void index(const IncidentId& id, const JournalEntry& entry);

    // All of these with the lock held.
    core::Result<std::vector<Event>> events_of(const IncidentId& id) const;
    core::Result<> commit(Incident& incident, Event event, const std::string& key, Changes& changes);
    core::Result<IncidentId> create(Event opened, const std::string& key, Changes& changes);
    Event machine_event(EventKind kind, std::string source, core::WallTime at) const;
    Incident* home_for(const slo::Alert& alert, std::string& why);
    core::Result<> add_suspects(Incident& incident, core::WallTime impact, Changes& changes);
    core::Result<IncidentId> place(const slo::Alert& alert, const ImpactReading& impact, Changes& changes);
    std::optional<Written> repeated(const std::string& key) const;
    void tell(const Changes& changes);

    Journal journal_;
    const core::Clock& clock_;
    telemetry::Log& messages_;
    const DeskOptions options_;

    mutable std::mutex mutex_;
    Listener listener_;
    std::map<std::string, Incident> incidents_;
    std::uint64_t last_number_ = 0;
    RecentChanges recent_;
    std::unordered_map<std::string, AlertHome> alerts_;
    struct Remembered {
        IncidentId incident;
        std::uint64_t seq;
    };
    std::unordered_map<std::string, Remembered> keys_;
    std::deque<std::string> keys_in_order_;  // the last 10,000
};

}  // namespace qd::incidents
