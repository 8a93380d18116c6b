#pragma once
// Alerts on their way out, and what became of them.
//
// GET /api/v1/outbox?state=queued|sending|sent|failed&limit=&cursor=   (role viewer; limit 1 to 500, 100
// without)
//   {"items":[{"id","destination","state","attempts","deliveries","created_at","next_attempt_at" or null,
//     "accepted_at" or null,"last_error" or
//     null,"alert":{"id","phase":"firing|resolved","slo","service","row", "severity","starts_at","ends_at" or
//     null,"summary","description"}}],"next":cursor or null}
// The newest first. sent: the destination answered 2xx, at accepted_at for the last time; with
// next_attempt_at where a firing alert is sent again. last_error: of the last attempt, null after a success.

#include "notify/notifier.hpp"
#include "opsd/context.hpp"
#include "slo/alert.hpp"

namespace qd::opsd {

notify::Notice notice_of(const slo::Alert& alert);

/// The outbox outlives the server.
void add_outbox_routes(http::Server& server, Context& context, const notify::Outbox& outbox);

}  // namespace qd::opsd
