#pragma once
// /api/v1/incidents, and what joins the incident desk to the rest of opsd.

#include "incidents/engine/incident_desk.hpp"
#include "opsd/context.hpp"
#include "slo/alert.hpp"

namespace qd::opsd {

/// GET|POST /incidents, GET /incidents/{id}, GET /incidents/{id}/timeline (JSON, or binary for who accepts
/// it), POST /incidents/{id}/events, /merge, /split, /relations. Writing takes role responder. The desk must
/// outlive the server.
void add_incident_routes(http::Server& server, Context& context, incidents::IncidentDesk& desk);

/// The desk's listener: publishes the incident, with the event that changed it as "last_event".
incidents::IncidentDesk::Listener publish_incidents(const Context& context);

/// What is measured of an alert's impact now: the share of bad events, the burn, the budget, and since when
/// bad events have come, looked up in the objective's history over the row's long window.
incidents::ImpactReading measure_impact(const Context& context, const slo::Alert& alert);

}  // namespace qd::opsd
