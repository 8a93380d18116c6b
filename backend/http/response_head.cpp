#include "http/response_head.hpp"

#include <fmt/format.h>

#include <iterator>

namespace qd::http {
namespace {

void append_clean(std::string& out, std::string_view text) {
    if (text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos) {
        out += text;
        return;
    }
    for (const char c : text) out += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    append_clean(out, name);
    out += ": ";
    append_clean(out, value);
    out += "\r\n";
}

}  // namespace

Framing append_head(std::string& out, const Response& response, const HeadContext& context) {
    const unsigned status = response.status >= 100 && response.status <= 999 ? response.status : 500;
    const bool bodyless = status == 204 || status == 304 || status < 200;
    const bool stream = std::holds_alternative<StreamBody>(response.body);
    Framing framing;
    framing.send_body = !bodyless && context.method != Method::head;
    framing.chunked = stream && framing.send_body && !context.http_1_0;
    framing.body_bytes = body_size(response);

    const auto to_out = std::back_inserter(out);
    fmt::format_to(to_out, "HTTP/1.1 {} {}\r\n", status, status_phrase(status));
    bool has_date = false, has_server = false, has_id = false, has_trace = false;
    std::string_view announced;  // length that the handler gave, for HEAD
    for (const auto& [name, value] : response.headers) {
        if (equals_ignoring_case(name, "Content-Length")) {
            announced = value;
            continue;
        }
        if (equals_ignoring_case(name, "Transfer-Encoding") || equals_ignoring_case(name, "Connection"))
            continue;
        has_date = has_date || equals_ignoring_case(name, "Date");
        has_server = has_server || equals_ignoring_case(name, "Server");
        has_id = has_id || equals_ignoring_case(name, "X-Request-Id");
        has_trace = has_trace || equals_ignoring_case(name, "traceparent");
        append_field(out, name, value);
    }
    if (!has_server && !context.server.empty()) append_field(out, "Server", context.server);
    if (!has_date) append_field(out, "Date", context.date);
    if (!has_id && !context.request_id.empty()) append_field(out, "X-Request-Id", context.request_id);
    if (!has_trace && !context.traceparent.empty()) append_field(out, "traceparent", context.traceparent);
    if (framing.chunked) {
        out += "Transfer-Encoding: chunked\r\n";
    } else if (context.method == Method::head && framing.body_bytes == 0 && !announced.empty()) {
        append_field(out, "Content-Length", announced);
    } else if (!bodyless && !stream) {
        fmt::format_to(to_out, "Content-Length: {}\r\n", framing.body_bytes);
    }
    if (!context.keep_alive || context.http_1_0) out += "Connection: close\r\n";
    out += "\r\n";
    return framing;
}

}  // namespace qd::http
