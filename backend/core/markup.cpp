#include "core/markup.hpp"

#include <cctype>

namespace qd::core {

std::string escape_markdown(std::string_view text) {
    constexpr std::string_view special = "\\`*_[]<>#|&~";
    const auto is_word = [&text](std::size_t i) {
        return i < text.size() && (std::isalnum(static_cast<unsigned char>(text[i])) != 0);
    };
    std::string safe;
    safe.reserve(text.size() + 8);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\n' || c == '\r' || c == '\t') {
            safe += ' ';
            continue;
        }
        const bool within_a_word = c == '_' && i > 0 && is_word(i - 1) && is_word(i + 1);
        if (special.find(c) != std::string_view::npos && !within_a_word) safe += '\\';
        safe += c;
    }
    // What would begin a list at the start of a line.
    const std::size_t digits = safe.find_first_not_of("0123456789");
    if (!safe.empty() && std::string_view("-+=").find(safe.front()) != std::string_view::npos)
        safe.insert(safe.begin(), '\\');
    else if (digits != 0 && digits != std::string::npos && (safe[digits] == '.' || safe[digits] == ')') &&
             (digits + 1 == safe.size() || safe[digits + 1] == ' '))
        safe.insert(digits, 1, '\\');
    return safe;
}

}  // namespace qd::core
