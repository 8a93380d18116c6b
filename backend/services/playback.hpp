#pragma once
// What players ask for: GET /api/v1/stream/{id} (the multivariant playlist), and below /media/{id}/ media
// playlists, segments and the poster. Playlists are written for a session (see session.hpp) and never cached;
// the rest never changes and is served from its open file, with ranges.

#include "http/server.hpp"
#include "services/origin.hpp"

namespace qd::services {

/// `origin` is copied; call before server.start().
void add_playback_routes(http::Server& server, const Origin& origin);

/// The media type by the file's ending; empty for what is not served as it lies there.
std::string_view media_type(std::string_view path);

}  // namespace qd::services
