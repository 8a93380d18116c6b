#pragma once
// What a title may be. Pure.

#include <string_view>

#include "core/result.hpp"

namespace qd::services {

inline constexpr std::size_t max_title_characters = 200;

/// Errc::invalid_argument with the reason unless it is 1 to 200 characters of valid UTF-8 (RFC 3629) without
/// control characters (C0, DEL, C1, and the bidirectional overrides), not all of them spaces.
core::Result<> check_title(std::string_view title);

}  // namespace qd::services
