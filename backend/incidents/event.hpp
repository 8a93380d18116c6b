#pragma once
// One row of an incident's journal. Rows are never changed: a correction is a further event that supersedes
// one.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "incidents/incident.hpp"

namespace qd::incidents {

enum class EventKind {
    opened,       // title, service, severity, text (the reason), started_at, detected_at; subject (the alert)
    acknowledge,  // text
    assign,       // role, person (empty: nobody any more)
    severity,     // severity, text (the reason)
    state,        // state, text; into (when merged)
    note,         // text
    status_update,  // text, purpose (the audience)
    link,           // url, text, purpose ("channel" is the incident's channel)
    alert,       // subject (the alert's id), phase ("firing" | "ended" | "moved" to another incident), text
    rollout,     // subject (the rollout's id), phase ("step", "abort", …, or "suspect"), text
    chaos,       // subject (the fault's id), phase ("applied" | "ended" | "suspect"), text
    evidence,    // text, subject (what was measured: an objective's id, …), query, unit, samples
    handover,    // role, person (who takes over), text (what they have to know)
    relation,    // into (another incident), purpose (Relation::kind), text
    pin,         // subject (the seq of an event), phase ("pinned" | "unpinned")
    attachment,  // subject (the file's SHA-256), title (its name), unit (its media type), bytes, text
    runbook,     // subject ("runbook/step"), phase ("started" | "done" | "failed" | "skipped"), text
    silence,     // subject (the silence's id), phase ("created" | "extended" | "lapsing" | "expired"), text
    delivery,    // subject (an outbox entry's id), phase ("sent" | "failed"), text: of a status update
    deploy,      // as rollout; subject: what was deployed
    config,      // as rollout; subject: what was configured
    flag,        // as rollout; subject: the flag
    overtaken,   // subject (a kind), text: a write that another hand was before: kept, not applied
};

std::string_view to_string(EventKind kind);
std::optional<EventKind> parse_event_kind(std::string_view text);
/// acknowledge, assign, severity, state, note, status_update, link, evidence, handover, pin: what people may
/// post.
bool is_human(EventKind kind);
/// Whoever writes under these sources is no person: "slo", "rollouts", "chaos", "desk", "alertmanager",
/// "silences", "notify", "runbooks", "oncall", "changes". Nobody else may use them.
bool is_machine_source(std::string_view source);
/// rollout, chaos, deploy, config, flag: something was changed, and may be the cause.
bool is_change(EventKind kind);

/// A frozen point of a measured series.
struct Sample {
    core::WallTime at;
    double value = 0;

    bool operator==(const Sample&) const = default;
};

inline constexpr std::size_t max_samples = 7'200;  // two hours of seconds

/// Fields that a kind does not name (above) stay empty; `text` is readable for every kind.
struct EventBody {
    std::string text;
    std::string title;
    std::string service;
    std::optional<Severity> severity;
    std::optional<State> state;
    std::string into;  // an incident's id
    std::string role;
    std::string person;
    std::string url;  // http(s)
    std::string purpose;
    std::string subject;
    std::string phase;
    std::string query;
    std::string unit;
    std::optional<core::WallTime> started_at;
    std::optional<core::WallTime> detected_at;
    std::optional<std::uint64_t> bytes;  // of an attachment
    std::vector<Sample> samples;         // at most max_samples
    bool retracted =
        false;  // with supersedes: the superseded note, status update, link or evidence was wrong

    bool operator==(const EventBody&) const = default;
};

struct Event {
    std::uint64_t seq = 0;  // 1, 2, … within the incident
    EventKind kind = EventKind::note;
    core::WallTime occurred_at;  // when it happened; may be told later
    core::WallTime recorded_at;  // when it was written
    std::string actor;           // the token's name; for machines the component, e.g. "slo"
    std::string source;          // "console", "api", "slo", "rollouts", "chaos"
    EventBody body;
    std::optional<std::uint64_t> supersedes;  // the seq of an earlier event of the same kind
    /// The incident's version that its writer had before their eyes. What another hand changed since then,
    /// and this event changes too, is a conflict: both are kept, and shown (Incident::conflicts).
    std::optional<std::uint64_t> based_on;

    bool operator==(const Event&) const = default;
};

/// Limits in bytes of the body's texts: 16 KiB of text, 300 of a title, 200 of names, 2,000 of a URL.
/// Errc::invalid_argument names the field that is missing, too long or out of place for the kind.
core::Result<> check_body(EventKind kind, const EventBody& body);

/// One line for lists and documents, e.g. "commander: anna", "state: mitigated (canary aborted)".
std::string describe(const Event& event);

}  // namespace qd::incidents
