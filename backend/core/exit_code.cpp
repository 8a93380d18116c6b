#include "core/exit_code.hpp"

#include <cstdio>

namespace qd::core {

ExitCode exit_code(Errc code) {
    switch (code) {
        case Errc::invalid_argument:
        case Errc::unprocessable:
        case Errc::corrupt:
            return ExitCode::bad_data;
        case Errc::unavailable:
        case Errc::timeout:
            return ExitCode::unavailable;
        case Errc::io:
        case Errc::no_space:
        case Errc::permission_denied:
            return ExitCode::io;
        case Errc::config:
            return ExitCode::config;
        case Errc::cancelled:
            return ExitCode::interrupted;
        default:
            return ExitCode::failed;
    }
}

int report(std::string_view program, const Error& error) {
    fmt::print(stderr, "{}: {}\n", program, error.message);
    return int(exit_code(error.code));
}

}  // namespace qd::core
