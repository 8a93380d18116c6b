#pragma once
// What stands behind an incident's journal: frozen evidence, attached files, and the processes' logs of that
// time.

#include <filesystem>

#include "incidents/engine/incident_desk.hpp"
#include "opsd/attachment_store.hpp"
#include "opsd/context.hpp"

namespace qd::opsd {

/// The good ratio of an objective in [from, to], as finely as it is kept, at most incidents::max_samples
/// points: the body of an `evidence` event. Errc::not_found for an unknown objective, invalid_argument for a
/// span that is empty, longer than 93 days or without a single measured event.
core::Result<incidents::EventBody> freeze(const Context& context, const slo::SloId& slo, core::WallTime from,
                                          core::WallTime to, std::string text);

/// POST /incidents/{id}/evidence {"slo","from","to","text"} -> 201 the event. Role responder.
void add_evidence_routes(http::Server& server, Context& context, incidents::IncidentDesk& desk);

/// POST /incidents/{id}/attachments?name=&text= with the file as body -> 201 the event (role responder; 413
/// beyond max_attachment_bytes or max_attachments_bytes, 507 on a full disk);
/// GET /incidents/{id}/attachments/{sha256}: to be saved, never to be shown in place by a browser; 404 unless
/// this incident's journal names it. The store outlives the server.
void add_attachment_routes(http::Server& server, Context& context, incidents::IncidentDesk& desk,
                           const AttachmentStore& store);

/// GET /incidents/{id}/logs?from=&to=&limit= -> {"items":[{"at","level":"warning"|"error","service",
/// "instance","message"}],"next":null,"cut"}; by default from a minute before the first impact to a minute
/// after the end. `folder`: where the site's processes write their logs.
/// GET /logs?trace=|request=&from=&to=&limit= -> every line about one request and the spans that they tell
/// of; see log_search.hpp. By default of the last hour, the newest 200. 503 while two searches are under way.
void add_log_routes(http::Server& server, Context& context, incidents::IncidentDesk& desk,
                    std::filesystem::path folder);

}  // namespace qd::opsd
