#include "core/result.hpp"

#include <array>
#include <cerrno>
#include <system_error>

namespace qd::core {
namespace {

struct Row {
    Errc code;
    std::string_view name;
    unsigned status;
};

constexpr std::array rows{
    Row{Errc::invalid_argument, "invalid_argument", 400},
    Row{Errc::unauthenticated, "unauthenticated", 401},
    Row{Errc::permission_denied, "permission_denied", 403},
    Row{Errc::not_found, "not_found", 404},
    Row{Errc::conflict, "conflict", 409},
    Row{Errc::precondition_failed, "precondition_failed", 412},
    Row{Errc::too_large, "too_large", 413},
    Row{Errc::unprocessable, "unprocessable", 422},
    Row{Errc::rate_limited, "rate_limited", 429},
    Row{Errc::cancelled, "cancelled", 503},
    Row{Errc::timeout, "timeout", 504},
    Row{Errc::unavailable, "unavailable", 503},
    Row{Errc::no_space, "no_space", 507},
    Row{Errc::io, "io", 500},
    Row{Errc::corrupt, "corrupt", 500},
    Row{Errc::config, "config", 500},
    Row{Errc::internal, "internal", 500},
};

}  // namespace

std::string_view to_string(Errc code) {
    for (const Row& row : rows)
        if (row.code == code) return row.name;
    return "internal";
}

unsigned http_status(Errc code) {
    for (const Row& row : rows)
        if (row.code == code) return row.status;
    return 500;
}

Errc from_http_status(unsigned status) {
    if (status == 502 || status == 503) return Errc::unavailable;
    for (const Row& row : rows)
        if (row.status == status && row.code != Errc::cancelled) return row.code;
    return status >= 500 ? Errc::unavailable : Errc::invalid_argument;
}

Failure fail_errno(std::string_view doing, int error_number) {
    Errc code = Errc::io;
    switch (error_number) {
        case ENOENT:
            code = Errc::not_found;
            break;
        case EACCES:
        case EPERM:
        case EROFS:
            code = Errc::permission_denied;
            break;
        case ENOSPC:
        case EDQUOT:
            code = Errc::no_space;
            break;
        case EADDRINUSE:
        case ECONNREFUSED:
        case ECONNRESET:
            code = Errc::unavailable;
            break;
        case ETIMEDOUT:
            code = Errc::timeout;
            break;
        default:
            break;
    }
    return fail(code, "{}: {}", doing, std::generic_category().message(error_number));
}

}  // namespace qd::core
