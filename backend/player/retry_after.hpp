#pragma once
// Retry-After (RFC 9110, 10.2.3). Pure.

#include <optional>
#include <string_view>

#include "core/clock.hpp"

namespace qd::player {

/// Seconds, or an HTTP date seen from `now`; a date that has passed is zero. Nothing for what cannot be read.
/// The caller caps it: servers ask for hours, and clocks are wrong.
std::optional<core::Seconds> parse_retry_after(std::string_view value, core::WallTime now);

}  // namespace qd::player
