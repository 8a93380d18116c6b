#pragma once
// Every line that the site's processes wrote about one very request: by its trace id or its request id.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace qd::opsd {

/// One of the ids, or both: lines that have either.
struct LogQuery {
    std::string trace_id;    // 32 lowercase hexadecimal digits
    std::string request_id;  // 1 to 128 letters, digits and "-_.:"
    core::WallTime from{};
    core::WallTime to{};
    std::size_t limit = 200;                // lines, the newest; at most max_found_lines
    std::uint64_t most_bytes = 256u << 20;  // read in all
    std::chrono::milliseconds patience{2'000};
};
inline constexpr std::size_t max_found_lines = 1'000;

struct FoundLine {
    core::WallTime at{};
    std::string level, service, instance, message;
    std::string fields;  // the line's other fields as a JSON object; at most 8 KiB, else "{}"
};

/// The site stores no spans; a line about an answered request is that of the server which answered.
struct FoundSpan {
    std::string service, instance, name;  // name: method and route
    std::string trace_id, span_id;
    core::WallTime started_at{};
    double duration_ms = 0;
    std::uint64_t status = 0;
};

struct LogFindings {
    std::vector<FoundLine> lines;  // in order of time
    std::vector<FoundSpan> spans;  // the same
    std::string
        stopped;  // why the search ended early: "lines", "bytes", "time", "files"; empty: it is complete
    std::size_t files = 0;    // looked into
    std::uint64_t bytes = 0;  // read
    std::chrono::milliseconds took{};
};

/// Searches the *.log files of `folder` and those rotated before them, the files written last first and each
/// from its end. Lines that are no JSON, longer than 64 KiB or still being written are passed over, files
/// that go away too; a folder that is not there holds nothing. Errc::invalid_argument for ids that can be
/// none or from after to; Errc::io when the folder cannot be read.
core::Result<LogFindings> search_logs(const std::filesystem::path& folder, const LogQuery& query,
                                      const core::Clock& clock);

nlohmann::json to_json(const LogFindings& findings);

}  // namespace qd::opsd
