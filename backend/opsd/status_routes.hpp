#pragma once
// Status updates over the API.
//
// GET /api/v1/audiences (role viewer)
//   {"items":[{"name","title","template","cadence_s":{"sev1":1800,…,"sev4":null},
//     "destinations":[{"name","kind"}]}],"placeholders":[{"name","meaning"}],"next":null}
// GET /api/v1/incidents/{id}/status-draft?audience= (role viewer)
//   {"audience","title","text","destinations":[{"name","kind"}],"last_update_at" or null,
//     "next_update_due" or null,"interval_s" or null,"based_on":version}
// GET /api/v1/status-schedule (role viewer): what is owed of open incidents, the earliest first
//   {"items":[{"incident","audience","last_update_at" or null,"next_update_due","overdue":bool}],"next":null}
// POST /api/v1/incidents/{id}/status-updates {"audience","text",["based_on"]} (role responder;
// Idempotency-Key,
//   If-Match) -> 201 {"event":{…},"queued":[{"name","kind"}],"note": a sentence saying where it goes}
//   What becomes of each delivery is written into the incident (kind delivery) and stands in the outbox.
// Events: `reminder` {"incident","audience","due"} when one is overdue; `outbox`
// {"queued","sending","failed"} when the outbox has changed.

#include "opsd/context.hpp"
#include "opsd/status_desk.hpp"

namespace qd::opsd {

/// The desks outlive the server.
void add_status_routes(http::Server& server, Context& context, StatusDesk& desk,
                       incidents::IncidentDesk& incidents);

}  // namespace qd::opsd
