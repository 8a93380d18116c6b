#pragma once
// Whether and for how long a shared cache may keep an answer (RFC 9111, the parts that matter here). Pure.

#include <chrono>
#include <string_view>

#include "http/message.hpp"

namespace qd::gateway {

/// How long an answer with status 200 may be served; zero: not to be kept. s-maxage goes before max-age;
/// no-store, no-cache, private, Set-Cookie and Vary (but on Accept-Encoding or Origin) forbid. Without
/// Cache-Control media stays a minute. Never longer than `longest`.
std::chrono::seconds fresh_for(unsigned status, const http::Headers& headers, std::chrono::seconds longest);

}  // namespace qd::gateway
