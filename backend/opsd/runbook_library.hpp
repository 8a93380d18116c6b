#pragma once
// The runbooks there are: the built-in ones, and a team's own, which are read again when they change. One
// with a built-in's id stands in its place; a file that is broken keeps its last good version.

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opsd/watched_files.hpp"
#include "runbooks/runbook.hpp"
#include "telemetry/log.hpp"

namespace qd::opsd {

struct DefaultRunbook {
    std::string_view name;  // "canary.md"
    std::string_view text;
};

/// Compiled in from resources/runbooks.
const std::vector<DefaultRunbook>& default_runbooks();

struct RunbookEntry {
    runbooks::Runbook runbook;  // without steps when no version of the file was ever good
    std::string source;         // "built-in", or the file's name
    std::string problem;        // "canary.md:12: …" while the file is broken

    bool operator==(const RunbookEntry&) const = default;
};

/// Thread-safe.
class RunbookLibrary {
public:
    static constexpr std::size_t max_runbooks = 100;

    RunbookLibrary(telemetry::Log& log, std::vector<std::filesystem::path> places);

    /// Looks whether a file has changed; true when what entries() says has.
    bool look();
    /// The built-in ones first.
    std::vector<RunbookEntry> entries() const;
    std::optional<RunbookEntry> find(std::string_view id) const;
    /// What is beyond a limit, in sentences.
    std::vector<std::string> left_out() const;

private:
    std::vector<RunbookEntry> arrange(const std::vector<RunbookEntry>& before) const;

    telemetry::Log& log_;
    std::vector<RunbookEntry> built_in_;
    std::mutex look_mutex_;
    WatchedFiles files_;
    mutable std::mutex mutex_;
    std::vector<RunbookEntry> entries_;
    std::vector<std::string> left_out_;
};

}  // namespace qd::opsd
