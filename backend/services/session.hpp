#pragma once
// Playback sessions: the key by which the gateway keeps a viewer on one arm. Pure but for the random source.

#include <string>
#include <string_view>

#include "core/random.hpp"
#include "http/message.hpp"

namespace qd::services {

/// 1 to 64 letters, digits, '-' and '_'.
bool is_session_key(std::string_view text);

/// ?s= of the request, else the gateway's X-Quarterdeck-Session, else a new one. What is malformed counts as
/// absent.
std::string session_of(const http::Request& request, core::Random& random);

/// Every URI of an HLS playlist (lines and URI attributes) made an absolute path below `base`
/// ("/media/<id>/480p/") with ?s=<session>; one that is absolute already, or has a scheme, keeps its path.
/// All else stays as it is.
std::string with_session(std::string_view playlist, std::string_view base, std::string_view session);

}  // namespace qd::services
