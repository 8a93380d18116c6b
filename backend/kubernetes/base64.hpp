#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace qd::kubernetes {

/// Standard alphabet with padding (RFC 4648, 4); line breaks and blanks are passed over. Nothing: it is none.
std::optional<std::string> decode_base64(std::string_view text);
std::string encode_base64(std::string_view bytes);

}  // namespace qd::kubernetes
