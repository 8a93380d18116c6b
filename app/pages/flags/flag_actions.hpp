#pragma once
// What can be done about feature flags.

#include "app/pages/incidents/incident_actions.hpp"

namespace qd::app {

void addFlagActions(Session& session, DialogParent parent);

}  // namespace qd::app
