#pragma once
// From a request line's target to path and query, with what no handler should ever see refused. Pure.

#include <string_view>

#include "core/result.hpp"
#include "http/message.hpp"

namespace qd::http {

/// Fills target, path and query. Takes origin form ("/a?b"), absolute form ("http://host/a", whose host is
/// ignored) and "*". Errc::invalid_argument when the path does not decode, holds control characters or a ".."
/// segment.
core::Result<> read_target(std::string_view target, Request& request);

/// The host of a Host field without its port, brackets kept off: "[::1]:80" is "::1".
std::string_view host_without_port(std::string_view field);

/// Whether a client's X-Request-Id may go into logs and answers: 1 to 64 letters, digits and "-_.".
bool is_sane_request_id(std::string_view text);

}  // namespace qd::http
