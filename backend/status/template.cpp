#include "status/template.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace qd::status {
namespace {

using core::Errc;
using core::fail;

constexpr std::string_view opening = "{{", closing = "}}";
constexpr std::size_t max_shown = 64;

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

/// For a message: short, and in one line.
std::string shown(std::string_view name) {
    std::string text(name.substr(0, max_shown));
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 32 || static_cast<unsigned char>(c) > 126) c = '?';
    return text;
}

}  // namespace

core::Result<Template> Template::parse(std::string_view text, std::span<const std::string_view> known) {
    if (text.empty()) return fail(Errc::invalid_argument, "a template must not be empty");
    if (text.size() > max_template_bytes)
        return fail(Errc::invalid_argument, "a template has at most {} bytes", max_template_bytes);
    Template made;
    made.text_ = text;
    std::size_t line = 1, count = 0;
    for (std::string_view rest = text; !rest.empty();) {
        const std::size_t begin = rest.find(opening);
        const std::string_view plain = rest.substr(0, begin);
        if (!plain.empty()) made.pieces_.push_back({std::string(plain), false});
        line += std::size_t(std::ranges::count(plain, '\n'));
        if (begin == std::string_view::npos) break;
        rest.remove_prefix(begin + opening.size());
        const std::size_t end = rest.find(closing);
        if (end == std::string_view::npos || rest.substr(0, end).find('\n') != std::string_view::npos)
            return fail(Errc::invalid_argument, "line {}: '{{{{' without '}}}}' in the same line", line);
        const std::string_view name = trimmed(rest.substr(0, end));
        if (std::ranges::find(known, name) == known.end())
            return fail(Errc::invalid_argument, "line {}: there is no placeholder '{{{{{}}}}}'; there are {}",
                        line, shown(name), fmt::join(known, ", "));
        if (++count > max_placeholders)
            return fail(Errc::invalid_argument, "line {}: a template has at most {} placeholders", line,
                        max_placeholders);
        made.pieces_.push_back({std::string(name), true});
        rest.remove_prefix(end + closing.size());
    }
    return made;
}

core::Result<std::string> Template::fill(const Values& values) const {
    std::string filled;
    for (const Piece& piece : pieces_) {
        if (!piece.placeholder) {
            filled += piece.text;
        } else {
            const auto value = values.find(piece.text);
            if (value == values.end())
                return fail(Errc::invalid_argument, "nothing is known for '{{{{{}}}}}'", piece.text);
            filled += value->second;
        }
        if (filled.size() > max_filled_bytes)
            return fail(Errc::too_large, "the filled text is longer than {} bytes", max_filled_bytes);
    }
    return filled;
}

}  // namespace qd::status
