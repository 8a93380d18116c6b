#pragma once
// What the command line asked for, and where things live (XDG).

#include <filesystem>
#include <optional>
#include <string>
#include <variant>

#include "core/result.hpp"

namespace qd::app {

struct LaunchOptions {
    std::string connectUrl;            // --connect: attach to this opsd
    std::filesystem::path tokenFile;   // --token-file
    std::filesystem::path dataDir;     // --data, or $XDG_DATA_HOME/quarterdeck/site
    std::filesystem::path tourDir;     // --tour
    std::string open;                  // --open incident/ID, or quarterdeck://incident/ID
    std::string page;                  // --page
    std::filesystem::path screenshot;  // --screenshot
    std::string theme;                 // --theme dark|light; empty: the preference
    int viewers = -1;                  // --viewers; -1: the preference
    bool checkDisplay = false;         // --check-display: only say whether a window could open
};

struct ExportOptions {
    std::string path;    // of the document, below opsd's address, with a query but for the format
    std::string format;  // pdf | md | html | json
    std::filesystem::path to;
    std::string connectUrl;
    std::filesystem::path tokenFile;
    std::filesystem::path dataDir;
};

/// Either what to do, or the exit code to leave with at once (help, version, a usage error: 64).
using CommandLine = std::variant<LaunchOptions, ExportOptions, int>;

CommandLine parseCommandLine(int argc, char** argv);

/// $XDG_DATA_HOME/quarterdeck/site, ~/.local/share when the variable is not set or not absolute.
std::filesystem::path defaultDataDir();
/// $XDG_CONFIG_HOME/quarterdeck and $XDG_STATE_HOME/quarterdeck by the same rule.
std::filesystem::path configDir();
std::filesystem::path stateDir();

}  // namespace qd::app
