#pragma once
// What of a request goes on to an upstream, and what of its answer comes back. Pure.

#include <string>

#include "http/client.hpp"
#include "http/message.hpp"

namespace qd::gateway {

enum class Purpose {
    pass_on,     // the client's own request
    fill_cache,  // the whole object, for anybody: no ranges, no conditions, no credentials
    mirror,      // a copy for the canary, without its body and marked with X-Quarterdeck-Mirror
};

/// GET, HEAD, OPTIONS, PUT and DELETE may be sent again (RFC 9110, 9.2.2).
bool is_idempotent(http::Method method);

/// Hop-by-hop fields (RFC 9110, 7.6.1) stay behind; X-Forwarded-*, X-Request-Id, traceparent and
/// X-Quarterdeck-Session… are ours to set, whatever the client wrote. The body is copied, or named when it
/// was spooled.
http::ClientRequest to_upstream(const http::Request& request, const std::string& address,
                                const std::string& session, Purpose purpose);

/// Without hop-by-hop fields and what our own server sets.
http::Response from_upstream(http::ClientResponse response);

}  // namespace qd::gateway
