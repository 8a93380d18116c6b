#pragma once
// CLI11 with the house's exit codes: --help and --version exit 0, anything unknown 64.

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <optional>

#include "core/exit_code.hpp"

namespace qd::core {

/// The version of this build, e.g. "0.1.0".
std::string_view version();

/// Of an option that takes seconds: a number between `least` and a year. "nan" and "inf" are none, which
/// CLI::Range would let pass.
inline CLI::Validator seconds_from(double least) {
    static constexpr double most = 366.0 * 24 * 3600;
    return CLI::Validator(
        [least](const std::string& text) {
            double value = 0;
            const bool fits = CLI::detail::lexical_cast(text, value) && value >= least && value <= most;
            return fits ? std::string()
                        : fmt::format("'{}' is not a number of seconds from {} to {}", text, least, most);
        },
        "SECONDS");
}

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
