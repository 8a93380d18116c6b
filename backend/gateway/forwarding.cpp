#include "gateway/forwarding.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace qd::gateway {
namespace {

bool is_one_of(std::string_view name, const auto& names) {
    return std::any_of(names.begin(), names.end(),
                       [&](std::string_view one) { return http::equals_ignoring_case(one, name); });
}

constexpr std::array<std::string_view, 9> hop_by_hop{"Connection",
                                                     "Keep-Alive",
                                                     "Proxy-Authenticate",
                                                     "Proxy-Authorization",
                                                     "Proxy-Connection",
                                                     "TE",
                                                     "Trailer",
                                                     "Transfer-Encoding",
                                                     "Upgrade"};

constexpr std::array<std::string_view, 15> ours{"Host",
                                                "Content-Length",
                                                "Expect",
                                                "X-Request-Id",
                                                "traceparent",
                                                "X-Quarterdeck-Session",
                                                "X-Quarterdeck-Mirror",
                                                "X-Quarterdeck-Session-Arm",
                                                "X-Quarterdeck-Session-Version",
                                                "X-Forwarded-For",
                                                "X-Forwarded-Host",
                                                "X-Forwarded-Proto",
                                                "Forwarded",
                                                "User-Agent",
                                                "Accept-Encoding"};

constexpr std::array<std::string_view, 8> personal{
    "Range",  "If-Range",      "If-None-Match", "If-Modified-Since",
    "Cookie", "Authorization", "If-Match",      "If-Unmodified-Since"};

constexpr std::array<std::string_view, 5> set_by_server{"Date", "Server", "X-Request-Id", "traceparent",
                                                        "X-Attempts"};

/// Connection may name further fields that are meant for this hop only.
bool named_by_connection(const http::Headers& headers, std::string_view name) {
    std::string_view list = headers.get("Connection");
    while (!list.empty()) {
        std::string_view one = list.substr(0, list.find(','));
        list.remove_prefix(std::min(list.size(), one.size() + 1));
        while (one.starts_with(' ')) one.remove_prefix(1);
        while (one.ends_with(' ')) one.remove_suffix(1);
        if (http::equals_ignoring_case(one, name)) return true;
    }
    return false;
}

}  // namespace

bool is_idempotent(http::Method method) {
    return method != http::Method::post && method != http::Method::patch;
}

http::ClientRequest to_upstream(const http::Request& request, const std::string& address,
                                const std::string& session, Purpose purpose) {
    http::ClientRequest out;
    const bool fills = purpose == Purpose::fill_cache;
    out.method = fills ? http::Method::get : request.method;
    out.url = "http://" + address + request.target;
    for (const auto& [name, value] : request.headers) {
        if (is_one_of(name, hop_by_hop) || is_one_of(name, ours) ||
            named_by_connection(request.headers, name))
            continue;
        if (fills && is_one_of(name, personal)) continue;
        out.headers.add(name, value);
    }
    const std::string_view agent = request.headers.get("User-Agent");
    if (!agent.empty()) out.headers.add("User-Agent", std::string(agent));
    const std::string_view before = request.headers.get("X-Forwarded-For");
    out.headers.add("X-Forwarded-For",
                    (before.empty() ? "" : std::string(before) + ", ") + request.remote_address);
    out.headers.add("X-Forwarded-Host", std::string(request.headers.get("Host")));
    out.headers.add("X-Forwarded-Proto", "http");
    out.headers.add("X-Request-Id", request.request_id);
    out.headers.add("traceparent", telemetry::format_traceparent(request.trace));
    out.headers.add("X-Quarterdeck-Session", session);
    if (purpose == Purpose::mirror) out.headers.add("X-Quarterdeck-Mirror", "1");
    if (purpose != Purpose::pass_on) return out;
    if (request.spooled)
        out.body_file = request.spooled->path();
    else
        out.body = request.body;
    return out;
}

http::Response from_upstream(http::ClientResponse response) {
    http::Response out;
    out.status = response.status;
    for (const auto& [name, value] : response.headers) {
        if (is_one_of(name, hop_by_hop) || is_one_of(name, set_by_server) ||
            named_by_connection(response.headers, name))
            continue;
        out.headers.add(name, value);
    }
    out.body = std::move(response.body);
    return out;
}

}  // namespace qd::gateway
