#pragma once
// One command line to HAProxy's runtime API (its "stats socket"), and what it says: a connection each.

#include <chrono>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace qd::haproxy {

/// `socket` is a path, "unix@PATH", or "HOST:PORT" with an IPv4 address. `line` is without its end and may
/// hold several commands, between ';'. Blocks for `timeout` at most. Errc::unavailable when nobody listens or
/// the connection ends early without a word, Errc::timeout, Errc::too_large beyond 4 MiB. Thread-safe.
core::Result<std::string> ask(const std::string& socket, std::string_view line,
                              std::chrono::milliseconds timeout);

/// Errc::invalid_argument for what ask() could not reach.
core::Result<> check_address(const std::string& socket);

/// A word of a command: blanks, ';' and backslashes escaped. Control characters are refused by whoever takes
/// words from outside.
std::string escaped(std::string_view word);

}  // namespace qd::haproxy
