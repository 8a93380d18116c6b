#pragma once
// An incident as its journal tells it: what is true now. Values only; projection.hpp makes them from events.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/strong_id.hpp"

namespace qd::incidents {

using IncidentId = core::StrongId<struct IncidentTag>;

enum class Severity : int { sev1 = 1, sev2, sev3, sev4 };

/// "SEV1" … "SEV4".
std::string_view to_string(Severity severity);
/// What the severity means, e.g. "complete outage, or data loss".
std::string_view meaning(Severity severity);
std::optional<Severity> severity_from(int number);

enum class State {
    triage,
    acknowledged,
    investigating,
    identified,
    mitigated,
    monitoring,
    resolved,
    post_incident,
    closed,
    cancelled,
    merged,
};

/// The wire's words: "triage", …, "post_incident", ….
std::string_view to_string(State state);
std::optional<State> parse_state(std::string_view text);
/// Users may still be affected, or somebody is still at work: triage to monitoring.
bool is_open(State state);
/// The states one may go to from `from` by a state event, in the order in which a console offers them.
std::span<const State> successors(State from);
/// Going from `from` to `to` reopens the incident.
bool is_reopening(State from, State to);

/// Role -> person. The roles an assignment may name:
using Roles = std::map<std::string, std::string>;
std::span<const std::string_view> known_roles();  // commander, deputy, scribe, liaison, expert
/// A known role, or "expert/AREA": there may be several experts.
bool is_role(std::string_view role);

/// How this incident stands to another. Both sides have it, each in its own words.
struct Relation {
    std::string kind;  // "parent" (the other is it), "child", "split_from", "split_into", "merged_from"
    std::string other;

    bool operator==(const Relation&) const = default;
};
bool is_relation(std::string_view kind);
/// For people: "is part of", "has the part", …
std::string_view relation_words(std::string_view kind);

/// Two hands changed the same without knowing of each other. The later event is in effect.
struct Conflict {
    std::uint64_t event_seq = 0;  // the later one
    std::uint64_t other_seq = 0;  // the one its writer had not seen
    std::string what;             // "state" | "severity" | a role | "event 12" (a correction of it)

    bool operator==(const Conflict&) const = default;
};

/// Who changed one of those last: what a later write is compared with.
struct LastChange {
    std::uint64_t seq = 0;
    std::string actor;

    bool operator==(const LastChange&) const = default;
};

/// What happened just before and may be the cause: a rollout's step, a fault, a deployment, …
struct Suspect {
    std::uint64_t event_seq = 0;  // the journal's event that names it
    std::string kind;             // "rollout" | "chaos" | "deploy" | "config" | "flag"
    std::string subject;          // its id
    std::string reasoning;        // why it is suspected, in a sentence
    core::WallTime at;

    bool operator==(const Suspect&) const = default;
};

/// One span of impact: the first, and one more for each time the incident was reopened.
struct Episode {
    core::WallTime started_at;
    core::WallTime detected_at;
    std::optional<core::WallTime> acknowledged_at;
    std::optional<core::WallTime> mitigated_at;
    std::optional<core::WallTime> resolved_at;

    bool operator==(const Episode&) const = default;
};

/// The steps of a first response, as timestamps of the first time each was done.
struct ResponseTimes {
    std::optional<core::WallTime> severity_assessed_at;  // by a person
    std::optional<core::WallTime> channel_opened_at;     // a link with purpose "channel"
    std::optional<core::WallTime> commander_assigned_at;
    std::optional<core::WallTime> stakeholders_told_at;  // the first status update

    bool operator==(const ResponseTimes&) const = default;
};

struct Incident {
    IncidentId id;
    std::string title;
    std::string service;  // what groups alerts into one incident, e.g. "gateway"
    Severity severity = Severity::sev3;
    std::string severity_reason;
    State state = State::triage;
    Roles roles;

    core::WallTime started_at;   // first impact
    core::WallTime detected_at;  // when we knew
    std::optional<core::WallTime> acknowledged_at;
    std::optional<core::WallTime> mitigated_at;  // of the last episode, as resolved_at and closed_at
    std::optional<core::WallTime> resolved_at;   // resolving without mitigating first sets both
    std::optional<core::WallTime> closed_at;     // closed, cancelled or merged
    ResponseTimes response;
    std::vector<Episode> episodes;  // at least one; the last is the current one

    std::vector<Suspect> suspects;
    std::vector<Relation> relations;                 // at most 200
    std::vector<std::uint64_t> pinned;               // seqs of events, at most 200
    std::vector<Conflict> conflicts;                 // at most 200
    std::map<std::string, LastChange> last_changes;  // by what was changed, as Conflict::what; at most 500
    std::vector<std::string> firing_alerts;          // ids of alerts that have not ended, at most 200
    std::string last_status;                         // text of the latest status update
    std::optional<core::WallTime> last_status_at;
    std::optional<IncidentId> merged_into;

    std::uint64_t version = 0;  // seq of the last event: what If-Match compares
    core::WallTime updated_at;  // recorded_at of that event

    bool operator==(const Incident&) const = default;
};

}  // namespace qd::incidents
