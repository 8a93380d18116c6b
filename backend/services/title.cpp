#include "services/title.hpp"

namespace qd::services {
namespace {

constexpr char32_t invalid = 0xffffffff;

/// Takes one character off the front; `invalid` for overlong forms, surrogates and broken sequences.
char32_t take_character(std::string_view& text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    const std::size_t length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if ((first >= 0x80 && first < 0xc2) || first > 0xf4 || text.size() < length) return invalid;
    char32_t character = length == 1 ? first : first & (0xff >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return invalid;
        character = (character << 6) | (byte(i) & 0x3f);
    }
    text.remove_prefix(length);
    constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (character < least[length] || character > 0x10ffff || (character >= 0xd800 && character <= 0xdfff))
        return invalid;
    return character;
}

bool is_control(char32_t c) {
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0x2028 || c == 0x2029;
}

bool is_space(char32_t c) {
    return c == ' ' || c == 0xa0 || (c >= 0x2000 && c <= 0x200b) || c == 0x202f || c == 0x205f ||
           c == 0x3000 || c == 0xfeff;
}

}  // namespace

core::Result<> check_title(std::string_view title) {
    const auto refuse = [](std::string_view why) {
        return core::fail(core::Errc::invalid_argument, "the title {}", why);
    };
    std::size_t characters = 0;
    bool visible = false;
    while (!title.empty()) {
        const char32_t character = take_character(title);
        if (character == invalid) return refuse("is not valid UTF-8");
        if (is_control(character)) return refuse("contains control characters");
        if (++characters > max_title_characters) return refuse("is longer than 200 characters");
        visible = visible || !is_space(character);
    }
    if (!visible) return refuse("is missing or empty");
    return {};
}

}  // namespace qd::services
