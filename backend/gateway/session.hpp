#pragma once
// What a request says about who is watching and which arm it wants. Pure.

#include <optional>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace qd::gateway {

/// ?s=, else the cookie qd_session, else the client's address; at most 128 bytes of it.
std::string session_of(const http::Request& request);

/// X-Quarterdeck-Arm or ?arm= as written (perhaps no arm at all), or nothing.
std::optional<std::string> wanted_arm(const http::Request& request);

/// The token of "Authorization: Bearer …", or empty.
std::string_view bearer_of(const http::Request& request);

/// A cookie's value from a Cookie field (RFC 6265, 5.4), or empty.
std::string_view cookie_of(std::string_view field, std::string_view name);

/// The part of a cache key that is about the request: its path and what its query asks for; who asks (s, arm)
/// does not matter.
std::string cache_path(const http::Request& request);

}  // namespace qd::gateway
