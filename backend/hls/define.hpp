#pragma once
// EXT-X-DEFINE (draft-pantos-hls-rfc8216bis, 4.4.2.3): variables in playlists. Pure.

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace qd::hls {

using Variables = std::map<std::string, std::string, std::less<>>;

/// What a playlist may take its variables from, besides what it states itself.
struct Definitions {
    Variables imported;  // of the multivariant playlist, for IMPORT
    std::string query;   // of the playlist's own address, without '?', for QUERYPARAM
};

struct Expansion {
    std::string text;     // as many lines as before
    Variables variables;  // those this playlist defines
};

/// Replaces {$NAME} in URIs, quoted strings and hexadecimal values by what #EXT-X-DEFINE gave it before.
/// Errc::corrupt with the line for an unknown name, a second definition or a value that could end a quoted
/// string; Errc::too_large when the text would exceed `max_bytes` or a line `max_line_bytes`. Values are put
/// in as they are: they are not searched for names again.
core::Result<Expansion> expand_definitions(std::string_view text, const Definitions& definitions,
                                           std::size_t max_bytes, std::size_t max_line_bytes);

}  // namespace qd::hls
