#pragma once
// What of the communication needs a person now. Pure.

#include <vector>

#include "app/shell/needs.hpp"
#include "opsclient/comms.hpp"

namespace qd::app {

/// A status update that is overdue (one need an incident, naming the audiences), and messages that could not
/// be delivered.
std::vector<Need> commsNeeds(const std::vector<incidents::Incident>& incidents,
                             const std::vector<opsclient::StatusOwed>& owed, const opsclient::Outbox& outbox,
                             qint64 nowMs);

}  // namespace qd::app
