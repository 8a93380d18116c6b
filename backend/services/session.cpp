#include "services/session.hpp"

#include <algorithm>

namespace qd::services {
namespace {

void append_uri(std::string& out, std::string_view uri, std::string_view base, std::string_view session) {
    if (!uri.starts_with('/') && uri.find("://") == std::string_view::npos) out += base;
    out += uri;
    out += uri.find('?') == std::string_view::npos ? "?s=" : "&s=";
    out += session;
}

void append_tag(std::string& out, std::string_view tag, std::string_view base, std::string_view session) {
    constexpr std::string_view attribute = "URI=\"";
    // A URI attribute follows the tag's colon or a comma outside quotes; "X-URI=" and quoted text are none.
    bool quoted = false;
    for (std::size_t at = 0; at < tag.size(); ++at) {
        if (!quoted && tag.substr(at).starts_with(attribute) && at > 0 &&
            (tag[at - 1] == ':' || tag[at - 1] == ',')) {
            const std::size_t begin = at + attribute.size();
            const std::size_t end = std::min(tag.find('"', begin), tag.size());
            out += attribute;
            append_uri(out, tag.substr(begin, end - begin), base, session);
            at = end - 1;  // the closing quote goes the usual way
            quoted = true;
            continue;
        }
        if (tag[at] == '"') quoted = !quoted;
        out += tag[at];
    }
}

}  // namespace

bool is_session_key(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_';
    });
}

std::string session_of(const http::Request& request, core::Random& random) {
    if (auto key = request.query.get("s"); key && is_session_key(*key)) return std::move(*key);
    if (const auto key = request.headers.get("X-Quarterdeck-Session"); is_session_key(key))
        return std::string(key);
    return random.hex(12);
}

std::string with_session(std::string_view playlist, std::string_view base, std::string_view session) {
    std::string out;
    out.reserve(playlist.size() * 2);
    while (!playlist.empty()) {
        const std::size_t newline = std::min(playlist.find('\n'), playlist.size());
        std::string_view line = playlist.substr(0, newline);
        playlist.remove_prefix(std::min(newline + 1, playlist.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.starts_with("#EXT"))
            append_tag(out, line, base, session);
        else if (line.empty() || line.starts_with('#'))
            out += line;
        else
            append_uri(out, line, base, session);
        out += '\n';
    }
    return out;
}

}  // namespace qd::services
