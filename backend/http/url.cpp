#include "http/url.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace qd::http {
namespace {

using core::Errc;
using core::fail;

constexpr std::size_t longest_url = 8192;

/// RFC 3986, 3: the five parts; absent ones are told from empty ones.
struct Parts {
    std::optional<std::string_view> scheme, authority, query;
    std::string_view path;
};

bool is_alpha(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_scheme(std::string_view text) {
    return !text.empty() && is_alpha(text.front()) && std::all_of(text.begin(), text.end(), [](char c) {
        return is_alpha(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
    });
}

Parts split(std::string_view text) {
    Parts parts;
    text = text.substr(0, text.find('#'));
    const std::size_t colon = text.find(':');
    if (colon != std::string_view::npos && colon < text.find_first_of("/?") &&
        is_scheme(text.substr(0, colon))) {
        parts.scheme = text.substr(0, colon);
        text.remove_prefix(colon + 1);
    }
    if (text.starts_with("//")) {
        text.remove_prefix(2);
        const std::size_t end = std::min(text.find_first_of("/?"), text.size());
        parts.authority = text.substr(0, end);
        text.remove_prefix(end);
    }
    const std::size_t mark = text.find('?');
    if (mark != std::string_view::npos) parts.query = text.substr(mark + 1);
    parts.path = text.substr(0, mark);
    return parts;
}

/// RFC 3986, 5.2.4, on an absolute path.
std::string remove_dot_segments(std::string_view path) {
    std::string out;
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/', 1), path.size());
        const std::string_view segment = path.substr(0, end);  // with its leading slash
        path.remove_prefix(end);
        if (segment == "/..") out.erase(std::min(out.rfind('/'), out.size()));
        if (segment != "/." && segment != "/..")
            out += segment;
        else if (path.empty())
            out += '/';
    }
    return out;
}

std::string to_lower(std::string_view text) {
    std::string lower(text);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = char(c + ('a' - 'A'));
    return lower;
}

bool is_clean(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c != 0x7F; });
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return port;
}

/// Splits "host", "host:port" or "[::1]:port"; an absent port is an empty text.
bool split_authority(std::string_view text, std::string_view& host, std::string_view& port, bool& has_port) {
    std::size_t colon;
    if (text.starts_with('[')) {
        const std::size_t bracket = text.find(']');
        if (bracket == std::string_view::npos) return false;
        host = text.substr(1, bracket - 1);
        colon = bracket + 1;
        if (colon < text.size() && text[colon] != ':') return false;
    } else {
        colon = std::min(text.find(':'), text.size());
        host = text.substr(0, colon);
    }
    has_port = colon < text.size();
    port = has_port ? text.substr(colon + 1) : std::string_view{};
    return !host.empty() && port.find(':') == std::string_view::npos;
}

std::uint16_t default_port(std::string_view scheme) {
    return scheme == "https" ? 443 : 80;
}

std::string bracketed(const std::string& host) {
    return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

}  // namespace

core::Result<Url> Url::parse(std::string_view text) {
    const auto bad = [&](std::string_view why) {
        return fail(Errc::invalid_argument, "'{}' is no usable URL: {}", text.substr(0, 128), why);
    };
    if (text.size() > longest_url) return bad("too long");
    if (!is_clean(text)) return bad("it holds spaces, control or non-ASCII characters");
    const Parts parts = split(text);
    if (!parts.scheme || !parts.authority) return bad("scheme and host are needed");
    Url url;
    url.scheme = to_lower(*parts.scheme);
    if (url.scheme != "http" && url.scheme != "https") return bad("only http and https are known");
    std::string_view host, port;
    bool has_port = false;
    if (parts.authority->find('@') != std::string_view::npos)
        return fail(Errc::invalid_argument, "credentials do not belong into a URL: send them as a header");
    if (!split_authority(*parts.authority, host, port, has_port)) return bad("the host is malformed");
    url.host = to_lower(host);
    url.port = default_port(url.scheme);
    if (!port.empty()) {
        const auto number = parse_port(port);
        if (!number || *number == 0) return bad("the port must be between 1 and 65535");
        url.port = *number;
    }
    url.path = parts.path.empty() ? "/" : std::string(parts.path);
    url.query = std::string(parts.query.value_or(""));
    return url;
}

std::string Url::origin() const {
    std::string text = scheme + "://" + bracketed(host);
    if (port != default_port(scheme)) text += ":" + std::to_string(port);
    return text;
}

std::string Url::to_string() const {
    return origin() + path + (query.empty() ? "" : "?" + query);
}

core::Result<std::string> resolve(std::string_view base, std::string_view reference) {
    if (reference.size() > longest_url) return fail(Errc::invalid_argument, "the reference is too long");
    const Parts r = split(reference);
    if (r.scheme) return std::string(reference);
    auto from = Url::parse(base);
    if (!from) return tl::unexpected(from.error());
    const auto suffix = [](const std::optional<std::string_view>& query) {
        return query ? "?" + std::string(*query) : std::string{};
    };
    if (r.authority) {
        const std::string path = r.path.empty() ? "/" : remove_dot_segments(r.path);
        return from->scheme + "://" + std::string(*r.authority) + path + suffix(r.query);
    }
    if (r.path.empty()) {
        if (!r.query) return from->to_string();
        return from->origin() + from->path + suffix(r.query);
    }
    const std::string merged = r.path.starts_with('/')
                                   ? std::string(r.path)
                                   : from->path.substr(0, from->path.rfind('/') + 1) + std::string(r.path);
    return from->origin() + remove_dot_segments(merged) + suffix(r.query);
}

core::Result<std::pair<std::string, std::uint16_t>> parse_listen(std::string_view text) {
    std::string_view host, port;
    bool has_port = false;
    if (!is_clean(text) || !split_authority(text, host, port, has_port) || !has_port)
        return fail(Errc::invalid_argument, "'{}' is no address to listen on: write host:port",
                    text.substr(0, 128));
    const auto number = parse_port(port);
    if (!number) return fail(Errc::invalid_argument, "'{}' is no port: write 0 to 65535", port.substr(0, 32));
    return std::pair(std::string(host), *number);
}

}  // namespace qd::http
