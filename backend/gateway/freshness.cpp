#include "gateway/freshness.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace qd::gateway {
namespace {

using std::chrono::seconds;

constexpr seconds unsaid{60};

struct Directives {
    bool forbidden = false;
    std::optional<seconds> max_age, s_maxage;
};

std::string_view trim(std::string_view text) {
    while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
    return text;
}

/// A malformed age counts as zero (RFC 9111, 4.2.1: stale), a huge one as the largest.
seconds parse_age(std::string_view text) {
    if (text.size() >= 2 && text.starts_with('"') && text.ends_with('"'))
        text = text.substr(1, text.size() - 2);
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range) return seconds(UINT32_MAX);
    if (error != std::errc() || end != text.data() + text.size()) return seconds(0);
    return seconds(value);
}

Directives parse(std::string_view field) {
    Directives directives;
    while (!field.empty()) {
        const std::string_view one = trim(field.substr(0, field.find(',')));
        const std::size_t comma = field.find(',');
        field = comma == std::string_view::npos ? std::string_view{} : field.substr(comma + 1);
        const std::string_view name = trim(one.substr(0, one.find('=')));
        const std::string_view value =
            one.find('=') == std::string_view::npos ? "" : trim(one.substr(one.find('=') + 1));
        for (const std::string_view no : {"no-store", "no-cache", "private"})
            directives.forbidden = directives.forbidden || http::equals_ignoring_case(name, no);
        if (http::equals_ignoring_case(name, "max-age")) directives.max_age = parse_age(value);
        if (http::equals_ignoring_case(name, "s-maxage")) directives.s_maxage = parse_age(value);
    }
    return directives;
}

}  // namespace

seconds fresh_for(unsigned status, const http::Headers& headers, seconds longest) {
    if (status != 200 || headers.has("Set-Cookie") || headers.has("Content-Range")) return seconds(0);
    const std::string_view vary = headers.get("Vary");
    if (!vary.empty() && !http::equals_ignoring_case(vary, "Accept-Encoding") &&
        !http::equals_ignoring_case(vary, "Origin"))
        return seconds(0);
    if (!headers.has("Cache-Control")) return std::min(unsaid, longest);
    const Directives directives = parse(headers.get("Cache-Control"));
    if (directives.forbidden) return seconds(0);
    if (directives.s_maxage) return std::min(*directives.s_maxage, longest);
    return std::min(directives.max_age.value_or(unsaid), longest);
}

}  // namespace qd::gateway
