#pragma once
// The course of an incident: what one event does to it, and what it may do. Pure.

#include <string>

#include "core/result.hpp"
#include "incidents/event.hpp"
#include "incidents/incident.hpp"

namespace qd::incidents {

/// `event` says what counts now; `written` is the row in whose place it stands, itself unless it corrects it.
/// Errors are those of follow(); the incident is then of no use any more.
core::Result<> apply(Incident& incident, const Event& event, const Event& written);
/// A correction, at its own place in the journal.
void remember_correction(Incident& incident, const Event& written);

/// What an event changes that another hand may change too: "state", "severity", a role, "event 12"; empty:
/// nothing. See Incident::last_changes.
std::string changed_by(const Event& event);
/// Who, other than the event's actor, has changed the same (or the state, which all depends on) since the
/// version that the event is based on; nullptr when nobody has.
const LastChange* overtaken_by(const Incident& now, const Event& event);

}  // namespace qd::incidents
