#pragma once
#include <string>

namespace qd::alertmanager {

/// At most `most` bytes of UTF-8 text, cut between characters.
inline std::string cut(const std::string& text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0u) == 0x80u) --most;
    return text.substr(0, most);
}

}  // namespace qd::alertmanager
