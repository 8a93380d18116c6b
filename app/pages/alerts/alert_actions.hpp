#pragma once
// What can be done about alerts and silences.

#include "app/pages/incidents/incident_actions.hpp"

namespace qd::app {

void addAlertActions(Session& session, DialogParent parent);

}  // namespace qd::app
