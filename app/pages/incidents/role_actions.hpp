#pragma once
#include <QString>
#include <span>

#include "app/pages/incidents/incident_actions.hpp"
#include "incidents/event.hpp"
#include "incidents/incident.hpp"
#include "oncall/schedule.hpp"

namespace qd::app {

/// incident.assign {incident, role, person}, incident.handover {incident, role, person, text}. Both offer who
/// is on call first.
void addRoleActions(Session& session, DialogParent parent);

/// What whoever takes over has to know: how it stands, who does what, the clocks, what is suspected, and the
/// latest notes.
QString handoverSummary(const incidents::Incident& incident, std::span<const incidents::Event> journal,
                        core::WallTime now);

}  // namespace qd::app
