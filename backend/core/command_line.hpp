#pragma once
// CLI11 with the house's exit codes: --help and --version exit 0, anything unknown 64.

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <optional>

#include "core/exit_code.hpp"

namespace qd::core {

/// The version of this build, e.g. "0.1.0".
std::string_view version();

/// Adds --version and parses. Returns the exit code to leave with, or nothing to go on.
inline std::optional<int> parse_command_line(CLI::App& app, int argc, char** argv) {
    app.set_version_flag("--version", std::string(version()));
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? int(ExitCode::done) : int(ExitCode::usage);
    }
    return std::nullopt;
}

}  // namespace qd::core
