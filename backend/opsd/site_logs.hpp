#pragma once
// What the site's processes wrote into their logs in a stretch of time: warnings and errors only.

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace qd::opsd {

struct LogLine {
    core::WallTime at;
    bool error = false;  // otherwise a warning
    std::string service;
    std::string instance;
    std::string message;  // with the line's other fields as name=value; at most 2,000 bytes
};

struct LogExcerpt {
    std::vector<LogLine> lines;  // in order of time
    bool cut = false;            // there was more: the earliest are left out
};

inline constexpr std::size_t max_log_lines = 5'000;
/// So much of each file, from its end, is looked at.
inline constexpr std::size_t log_reach_bytes = 8u << 20;

/// The last `limit` warnings and errors (at most max_log_lines) within [from, to] of the *.log files in
/// `folder` and of those rotated before them. Lines that are no JSON, longer than 64 KiB or still being
/// written are skipped; files that go away meanwhile too. A missing folder holds nothing. Errc::io when the
/// folder cannot be read.
core::Result<LogExcerpt> read_logs(const std::filesystem::path& folder, core::WallTime from,
                                   core::WallTime to, std::size_t limit);

struct LogFiles {
    std::vector<std::filesystem::path> paths;  // by name
    bool cut = false;                          // there are more than 200
};
/// The *.log files in `folder` and those rotated before them; no links. None where there is no folder;
/// Errc::io when it cannot be read.
core::Result<LogFiles> list_logs(const std::filesystem::path& folder);

}  // namespace qd::opsd
