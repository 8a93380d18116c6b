#pragma once
// Somebody's text inside of HTML, SVG and Markdown: nothing in it is markup.

#include <string>
#include <string_view>

namespace qd::core {

/// For element content and double-quoted attributes; control characters that XML refuses are dropped.
inline std::string escape_html(std::string_view text) {
    std::string safe;
    safe.reserve(text.size() + 16);
    for (const char c : text) switch (c) {
            case '&':
                safe += "&amp;";
                break;
            case '<':
                safe += "&lt;";
                break;
            case '>':
                safe += "&gt;";
                break;
            case '"':
                safe += "&quot;";
                break;
            case '\'':
                safe += "&#39;";
                break;
            default:
                if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') safe += c;
        }
    return safe;
}

/// Stays on its line.
std::string escape_markdown(std::string_view text);

}  // namespace qd::core
