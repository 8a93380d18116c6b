#pragma once
// Exit codes of every program (wire: sysexits' numbers).

#include "core/result.hpp"

namespace qd::core {

enum class ExitCode : int {
    done = 0,
    failed = 1,
    usage = 64,
    bad_data = 65,
    unavailable = 69,
    io = 74,
    config = 78,
    interrupted = 130,
};

ExitCode exit_code(Errc code);

/// Prints "<program>: <message>" to stderr and returns the exit code that fits the error.
int report(std::string_view program, const Error& error);

}  // namespace qd::core
