#pragma once
// Messages on their way out, and what became of them.
//
// GET /api/v1/outbox?state=queued|sending|sent|failed|dropped&limit=&cursor=   (role viewer; limit 1 to 500,
//   100 without)
//   {"items":[{"id","destination","kind" or null,"state","attempts","deliveries","created_at",
//     "next_attempt_at" or null,"accepted_at" or null,"ended_at" or null,"last_error" or null,
//     "type":"alert|incident|status_update|reminder","incident" or null,"audience" or null,"title",
//     "alert": or null {"id","phase":"firing|resolved","slo","service","row","severity","starts_at","ends_at"
//     or null,"summary","description"}}],"counts":{"queued","sending","sent","failed","dropped"},"next"}
// The newest first. sent: the destination has accepted it, at accepted_at for the last time; with
// next_attempt_at where a firing alert is sent again. last_error: of the last attempt, null after a success.
// kind: null where the destination is no longer configured.
//
// POST /api/v1/outbox/{id}/retry (role responder): a failed entry is tried again, now -> 200 the entry;
//   404; 409 when it has not failed, its destination is gone, or its alert has ended meanwhile.
// DELETE /api/v1/outbox/{id} (role responder): a queued or failed entry is not sent any more -> 200 the
// entry,
//   now dropped; 404; 409 when it is being sent or was.

#include "notify/notifier.hpp"
#include "opsd/context.hpp"
#include "slo/alert.hpp"

namespace qd::opsd {

notify::Notice notice_of(const slo::Alert& alert);

/// The outbox and the notifier outlive the server.
void add_outbox_routes(http::Server& server, Context& context, notify::Outbox& outbox,
                       notify::Notifier& notifier);

}  // namespace qd::opsd
