#pragma once
// What the journal itself suggests to do and to learn. Pure; each proposal names the events it rests on.

#include <span>
#include <vector>

#include "postmortems/document.hpp"

namespace qd::postmortems {

/// `shown` is the effective timeline (incidents::effective).
std::vector<ActionItem> propose_actions(const incidents::Incident& incident,
                                        std::span<const incidents::Event> shown);

/// Fills in what went well and poorly as far as clocks and alerts tell, and what only people can add.
void learn(Document& document, const incidents::Incident& incident, std::span<const incidents::Event> shown);

/// The event by which the suspected change was taken back: an abort, a ramp down, an undo, a fault's end.
/// nullptr: none.
const incidents::Event* end_of(std::span<const incidents::Event> shown, const incidents::Suspect& suspect);
/// It is the end of a fault that no person took back.
bool ended_by_itself(const incidents::Event& end);
/// What people call what is suspected: "fault", "deployment", "rollout", …
std::string_view noun_of(const incidents::Suspect& suspect);
/// The last end of an alert, if it came after `at`. nullptr: none.
const incidents::Event* last_alert_end_after(std::span<const incidents::Event> shown, core::WallTime at);

}  // namespace qd::postmortems
