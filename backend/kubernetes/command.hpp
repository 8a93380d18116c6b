#pragma once
// Runs a program to its end: without a shell, with a deadline and a bound on what it prints.

#include <chrono>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace qd::kubernetes {

struct Command {
    std::vector<std::string> argv;           // the first is a path, or a name to be found in PATH
    std::map<std::string, std::string> env;  // besides this process' own
    std::chrono::milliseconds deadline{60'000};
    std::size_t most_output_bytes = 1u << 20;
};

struct CommandResult {
    int exit_code = 0;
    std::string output;    // of standard output
    std::string troubles;  // the first 4 KiB of standard error
};

/// Blocks until it has ended; past the deadline, beyond the bound, or when stopped, it is killed together
/// with its process group. Errc::not_found: there is no such program; timeout, too_large, cancelled.
core::Result<CommandResult> run_command(const Command& command, std::stop_token stop = {});

}  // namespace qd::kubernetes
