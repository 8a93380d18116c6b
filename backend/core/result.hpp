#pragma once
// Result<T>: a value, or an Error with a code that programs act on and a message that people read.

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace qd::core {

enum class Errc {
    invalid_argument,     // the caller's input is wrong: 400, exit 65
    unauthenticated,      // 401
    permission_denied,    // 403
    not_found,            // 404
    conflict,             // the state does not allow it now: 409
    precondition_failed,  // another hand was first: 412
    too_large,            // 413
    unprocessable,        // well-formed but unusable, such as a file that is no video: 422
    rate_limited,         // 429
    cancelled,
    timeout,      // 504
    unavailable,  // a peer or a resource is not there now: 503, exit 69
    no_space,     // 507
    io,           // exit 74
    corrupt,      // stored data does not make sense
    config,       // exit 78
    internal,     // a defect of ours: 500
};

std::string_view to_string(Errc code);

/// The HTTP status that tells a client of `code`.
unsigned http_status(Errc code);

/// The nearest code for a peer's HTTP status (>= 400).
Errc from_http_status(unsigned status);

struct Error {
    Errc code = Errc::internal;
    std::string message;  // what happened, why, and what to do; one sentence or two, no trailing newline

    bool operator==(const Error&) const = default;
};

template <class T = void>
using Result = tl::expected<T, Error>;

using Failure = tl::unexpected<Error>;

template <class... Args>
[[nodiscard]] Failure fail(Errc code, fmt::format_string<Args...> format, Args&&... args) {
    return Failure(Error{code, fmt::format(format, std::forward<Args>(args)...)});
}

/// Puts what was being done in front of why it failed: "reading x: no such file".
[[nodiscard]] inline Failure fail_with_context(std::string_view doing, Error error) {
    error.message = fmt::format("{}: {}", doing, error.message);
    return Failure(std::move(error));
}

/// Fails with strerror(error_number) and a code that fits it (ENOSPC -> no_space, ENOENT -> not_found, ...).
[[nodiscard]] Failure fail_errno(std::string_view doing, int error_number);

}  // namespace qd::core
