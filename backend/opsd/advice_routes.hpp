#pragma once
// GET /api/v1/incidents/{id}/advice (role viewer): the severity that measurements suggest now, with every
// reason; the deciding one stands first.
//   {"severity":1..4,"reasons":["…"],"text":"SEV2: …"}
// Measured are the objectives whose alerts the incident has (those that fire; else all of them), and what
// viewers had of the last two minutes.

#include "incidents/engine/incident_desk.hpp"
#include "opsd/alert_desk.hpp"
#include "opsd/context.hpp"

namespace qd::opsd {

class Monitor;

/// How the site's viewers fare; nothing where nobody watches or nothing tells.
std::optional<incidents::AudienceReading> measure_audience(const Context& context,
                                                           std::optional<std::uint64_t> viewers);

/// Everything passed outlives the server. `viewers`: how many play now, where that is known.
void add_advice_routes(http::Server& server, Context& context, const incidents::IncidentDesk& incidents,
                       const Monitor& monitor, const AlertDesk& alerts,
                       std::function<std::optional<std::uint64_t>()> viewers);

}  // namespace qd::opsd
