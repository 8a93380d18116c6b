#pragma once
// /api/v1/flags, and what joins the feature flags to the rest of opsd.

#include "opsd/change_desk.hpp"
#include "opsd/flag_desk.hpp"

namespace qd::opsd {

/// GET /flags, /flags/{key}, /flags/{key}/history. PUT /flags/{key} ({"reason","flag"}), POST
/// /flags/{key}/kill and …/restore ({"reason"}) take role release-manager, and If-Match with the revision of
/// the flag's last change, 0 for a flag that is new. The desk must outlive the server.
void add_flag_routes(http::Server& server, Context& context, FlagDesk& desk);

/// Publishes each change, again once all processes have it, and notes it as a change of the site: in the
/// incidents that are open, and as a possible cause. All of it outlives the desk.
void join_flags(const Context& context, FlagDesk& desk, FlagReach& reach, ChangeDesk& changes);

}  // namespace qd::opsd
