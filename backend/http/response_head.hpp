#pragma once
// The head of an answer as bytes, and how its body is framed. Pure.

#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace qd::http {

struct HeadContext {
    Method method = Method::get;
    bool http_1_0 = false;
    bool keep_alive = true;  // in HTTP/1.1; 1.0 always ends the connection
    std::string_view date;   // HTTP's format
    std::string_view server;
    std::string_view request_id;   // empty: not known yet
    std::string_view traceparent;  // likewise
};

struct Framing {
    bool send_body = true;         // not for HEAD, 204, 304
    bool chunked = false;          // a stream to an HTTP/1.1 client
    std::uint64_t body_bytes = 0;  // of a body that is no stream
};

/// Appends the status line and all fields. The framing fields are ours whatever the response says, but for
/// the length in an answer to HEAD; a line break in a name or value is written as a space.
Framing append_head(std::string& out, const Response& response, const HeadContext& context);

}  // namespace qd::http
