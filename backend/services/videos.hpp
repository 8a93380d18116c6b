#pragma once
// The catalogue: GET /api/v1/videos, GET and DELETE /api/v1/videos/{id}.

#include "http/server.hpp"
#include "services/origin.hpp"

namespace qd::services {

/// Routes bear the names of the design in metrics ("/api/v1/videos/:id"). Reading needs no token; removing
/// needs role admin. `origin` is copied; call before server.start().
void add_video_routes(http::Server& server, const Origin& origin);

}  // namespace qd::services
