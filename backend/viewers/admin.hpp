#pragma once
// The audience's own address: how many there are, and how many there shall be.

#include <optional>

#include "http/server.hpp"
#include "security/tokens.hpp"
#include "viewers/crowd.hpp"

namespace qd::viewers {

/// GET /-/count {"count","playing","waiting","titles","gateway_up","sessions"} and PUT /-/count {"count":N}.
/// Only from this machine; PUT wants a bearer of role admin when there are tokens. What is passed must
/// outlive the server.
void add_admin_routes(http::Server& server, Crowd& crowd, const std::optional<security::Tokens>& tokens);

}  // namespace qd::viewers
