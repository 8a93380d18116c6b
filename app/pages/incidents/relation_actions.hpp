#pragma once
// How an incident stands to others, and how it ends: merge, split, parent, child, cancel, reopen, close.

#include "app/pages/incidents/incident_actions.hpp"

namespace qd::app {

/// incident.merge {incident | incidents, into, reason}, incident.split {incident, title, service, alerts,
/// events, reason}, incident.parent and incident.child {incident, other, reason}, incident.cancel,
/// incident.reopen and incident.close {incident, text}.
void addRelationActions(Session& session, DialogParent parent);

}  // namespace qd::app
