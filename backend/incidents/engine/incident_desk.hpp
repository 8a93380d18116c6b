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
#include "incidents/course.hpp"
#include "incidents/engine/external_alert.hpp"
#include "incidents/engine/incident_search.hpp"
#include "incidents/engine/journal.hpp"
#include "incidents/engine/suspects.hpp"
#include "incidents/projection.hpp"
#include "incidents/requests.hpp"
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
    /// The full-text index, made from the journal when it is missing or behind. Empty: find() knows no text.
    std::filesystem::path search_file;
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

/// Thread-safe. The listeners are called after a change is in the journal, on the writer's thread, without a
/// lock.
class IncidentDesk {
public:
    using Listener = std::function<void(const Incident&, const Event&)>;

    /// Replays the journal. An incident whose journal makes no sense is logged, left as it is and not listed.
    static core::Result<std::unique_ptr<IncidentDesk>> open(storage::EventLog& log, const core::Clock& clock,
                                                            telemetry::Log& messages,
                                                            DeskOptions options = {});

    /// Called after those that were added before it.
    void add_listener(Listener listener);

    core::Result<Written> open_incident(const OpenRequest& request, const Author& author);
    /// Errors of projection.hpp's follow(), Errc::not_found, Errc::precondition_failed. A request that says
    /// what it is based on is never lost to another hand: what is not possible any more, because somebody
    /// else has changed the same meanwhile, is written as an event of kind `overtaken`. A `state` event to
    /// merged is a merge().
    core::Result<Written> write(const IncidentId& id, const EventRequest& request, const Author& author);

    /// What a part of the machinery did for one incident, in `actor`'s name: a runbook's step, a silence, a
    /// delivery, an attachment. Errors of write().
    core::Result<Written> record(const IncidentId& id, EventKind kind, EventBody body, std::string actor,
                                 std::string source,
                                 std::optional<core::WallTime> occurred_at = std::nullopt);

    /// `id` is the same as another incident and goes on there: its alerts move over, so that their ends are
    /// noted in the other one. Errc::conflict when one of the two cannot be merged any more. This, split()
    /// and relate() write to all incidents in one transaction, or to none, and answer with the state of `id`
    /// (split(): of the new one); repeated with the same key they change nothing.
    core::Result<Incident> merge(const IncidentId& id, const MergeRequest& request, const Author& author);
    /// The new incident begins in triage, with the source's severity. Its first impact is the earliest of
    /// what is named, or the source's when nothing is. Errc::invalid_argument for what cannot be taken along.
    core::Result<Incident> split(const IncidentId& id, const SplitRequest& request, const Author& author);
    /// Errc::conflict for a second parent and for a circle. What is related already stays as it is.
    core::Result<Incident> relate(const IncidentId& id, const RelationRequest& request, const Author& author);

    /// A firing alert opens an incident, or joins or reopens one; an ended one is noted where it is. Telling
    /// the same twice changes nothing. `impact` adds what the alert does not carry. Returns the incident that
    /// has it now.
    core::Result<std::optional<Incident>> on_alert(const slo::Alert& alert, const ImpactReading& impact);
    /// The same for an alert of somebody else's.
    core::Result<std::optional<Incident>> on_external(const ExternalAlert& alert);
    /// The incident that has this alert, firing or ended.
    std::optional<IncidentId> home_of(const std::string& alert) const;
    /// A rollout's step or a fault: remembered as a possible cause, and noted in every open incident.
    void on_machine(const MachineNote& note);
    /// As a possible cause only: what an earlier run has noted already.
    void remember(const MachineNote& note);

    core::Result<Incident> get(const IncidentId& id) const;
    /// Open ones first, then the latest detected first.
    std::vector<Incident> list() const;
    /// A page of those, narrowed. Errc::invalid_argument for a cursor or a state that makes no sense.
    core::Result<IncidentPage> find(const IncidentQuery& query) const;
    /// As recorded, corrections included: what follows event `after`, 0 for all. Errc::not_found for an
    /// incident that does not exist.
    core::Result<std::vector<Event>> timeline(const IncidentId& id, std::uint64_t after = 0) const;
    /// The same for decode_timeline(), without decoding it here.
    core::Result<std::string> timeline_bytes(const IncidentId& id, std::uint64_t after = 0) const;
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

    /// Events tried on copies of their incidents, and written together.
    struct Draft {
        struct Step {
            Incident incident;  // after the event
            JournalEntry entry;
        };
        std::map<std::string, Incident> after;
        std::vector<Step> steps;
    };

    IncidentDesk(storage::EventLog& log, const core::Clock& clock, telemetry::Log& messages,
                 DeskOptions options);
    core::Result<> load();
    core::Result<SearchMark> open_search();
    void index(const IncidentId& id, const JournalEntry& entry);

    // All of these with the lock held.
    /// The incident as the draft leaves it; Errc::not_found.
    core::Result<Incident> planned(const Draft& draft, const IncidentId& id) const;
    /// Nothing is planned when it fails.
    core::Result<> plan(Draft& draft, const IncidentId& id, Event event, std::string key = {}) const;
    core::Result<Incident> checked(const Incident& now, Event& event) const;
    core::Result<> commit(Draft draft, Changes& changes);
    core::Result<> commit(const IncidentId& id, Event event, std::string key, Changes& changes);
    void make_searchable(const std::vector<Draft::Step>& steps, const storage::LoggedEvent& last);
    IncidentId next_id() const;
    core::Result<IncidentId> create(Event opened, std::string key, Changes& changes);
    Event machine_event(EventKind kind, std::string source, core::WallTime at) const;
    Event human_event(EventKind kind, const Author& author) const;
    /// An alert with what its source says of it.
    struct Signal {
        ExternalAlert alert;
        std::string headline;  // of the incident that it opens
        SeverityAdvice advice;
        core::WallTime impact_since{};
    };
    Incident* home_for(const ExternalAlert& alert, std::string& why);
    core::Result<> add_suspects(const Incident& incident, core::WallTime impact, Changes& changes);
    core::Result<IncidentId> place(const Signal& signal, Changes& changes);
    core::Result<> note_end(const ExternalAlert& alert, const IncidentId& incident, Changes& changes);
    std::optional<Written> repeated(const std::string& key) const;
    core::Result<> merge_into_another(const IncidentId& id, Event merged, const std::string& key,
                                      Changes& changes);
    core::Result<> plan_moved_alerts(Draft& draft, const IncidentId& from, const IncidentId& to,
                                     const std::vector<std::string>& alerts, const Author& author) const;
    core::Result<> plan_copies(Draft& draft, const IncidentId& to, const std::vector<Event>& copied) const;
    core::Result<> check_relation(const Incident& child, const Incident& parent) const;
    core::Result<std::optional<Incident>> take(const Signal& signal);  // without the lock
    void tell(const Changes& changes);

    Journal journal_;
    storage::EventLog& log_;
    const core::Clock& clock_;
    telemetry::Log& messages_;
    const DeskOptions options_;

    mutable std::mutex mutex_;
    std::vector<Listener> listeners_;
    std::map<std::string, Incident> incidents_;
    std::uint64_t last_number_ = 0;
    RecentChanges recent_;
    std::unordered_map<std::string, AlertHome> alerts_;
    struct Remembered {
        IncidentId incident;
        std::uint64_t seq;
    };
    std::unordered_map<std::string, Remembered> keys_;
    std::deque<std::string> keys_in_order_;   // the last 10,000
    std::shared_ptr<IncidentSearch> search_;  // none without a file, or when it has failed
};

/// A key is one person's own, for one incident or for opening one: `what`.
std::string scoped_key(const Author& author, std::string_view what);

}  // namespace qd::incidents
