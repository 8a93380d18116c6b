#pragma once
// From events to the incident: pure, so that replaying the journal gives what was seen live.

#include <span>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "incidents/event.hpp"
#include "incidents/incident.hpp"

namespace qd::incidents {

/// At most so many events make an incident; further ones are refused with Errc::too_large.
inline constexpr std::size_t max_events = 250'000;

/// The incident after all events, which have seq 1, 2, … and begin with `opened`. A superseding event takes
/// the place of what it supersedes: its body and occurred_at count from there on. Errors are those of
/// follow().
core::Result<Incident> replay(const IncidentId& id, std::span<const Event> events);

/// The incident after one more event that supersedes nothing. Refused are:
///  - Errc::invalid_argument: a body that does not fit its kind; an occurred_at after recorded_at;
///  - Errc::conflict: a step the state does not allow (from triage to resolved, anything but notes and links
///  once
///    merged, …) and times out of order (mitigated before started, …), saying what is possible instead.
core::Result<Incident> follow(const Incident& incident, const Event& next);

/// What follow() or, when `next` supersedes, a replay of everything says to `next` after `events`. Only the
/// latter looks at `events`.
core::Result<Incident> extend(const IncidentId& id, std::span<const Event> events, const Incident& now,
                              const Event& next);

/// Correcting such an event changes nothing else: no replay is needed for it. Notes and evidence.
bool is_told_only(EventKind kind);
/// extend() for the correction of `target`, which is told only.
core::Result<Incident> follow_correction(const Incident& incident, const Event& target, const Event& next);

/// Replays rows as they come, without keeping them. Not thread-safe.
class Replay {
public:
    explicit Replay(IncidentId id);

    /// The next event. After an error, or once needs_all(), what follows is not looked at.
    core::Result<> add(const Event& next);
    /// A correction that takes effect at an earlier place has come: only replay() of everything can tell.
    bool needs_all() const { return needs_all_; }
    const Incident& incident() const { return incident_; }

private:
    Incident incident_;
    std::vector<EventKind> kinds_;
    bool needs_all_ = false;
    bool failed_ = false;
};

/// The timeline as it is to be read: corrections in the place of what they correct, retracted events left
/// out, ordered by occurred_at, then seq. Each keeps the seq of the event whose text it shows.
std::vector<Event> effective(std::span<const Event> events);

}  // namespace qd::incidents
