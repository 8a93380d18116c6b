#pragma once
// /api/v1/incidents/{id}/postmortem?format=md|json|html&template=, /postmortems… and /postmortem-templates

#include "opsd/context.hpp"
#include "opsd/postmortem_reader.hpp"

namespace qd::opsd {

/// Reading takes role viewer, writing responder; the writer's name is the token's. What writes answers with
/// the whole view (200). All that is passed outlives the server.
void add_postmortem_routes(http::Server& server, Context& context, const PostmortemReader& reader,
                           postmortems::DraftDesk& drafts);

/// GET|POST /action-items, POST /action-items/{id}
void add_action_routes(http::Server& server, Context& context, const incidents::IncidentDesk& desk,
                       postmortems::ActionDesk& actions);

}  // namespace qd::opsd
