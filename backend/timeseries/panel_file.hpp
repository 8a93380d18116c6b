#pragma once
// The minutes of panels on disk (SQLite, WAL), so that a restart leaves a gap of a minute and not of a week.
// About 60 bytes a line and minute (86 KB a day), 12 more for each bound of a histogram that counted
// something.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "storage/database.hpp"

namespace qd::timeseries {

struct PanelMinute {
    std::int64_t minute = 0;  // since 1970
    float sum = 0;
    float covered_s = 0;
    float low = 0;
    float high = 0;
    std::vector<std::pair<double, float>> bounds;  // those that counted something

    bool operator==(const PanelMinute&) const = default;
};

/// What is kept of a line: the text of its input, and the label's value that makes it a line of its own.
struct PanelLineKey {
    std::string input;
    std::string split;

    bool operator==(const PanelLineKey&) const = default;
};

struct PanelMinutes {
    PanelLineKey line;
    std::vector<PanelMinute> minutes;  // ascending
};

/// Thread-safe.
class PanelFile {
public:
    static core::Result<std::unique_ptr<PanelFile>> open(const std::filesystem::path& file);

    /// All lines of these inputs, from a minute on.
    core::Result<std::vector<PanelMinutes>> load(const std::vector<std::string>& inputs,
                                                 std::int64_t first_minute);
    /// All or nothing.
    core::Result<> save(const std::vector<PanelMinutes>& lines);
    /// Deletes what is before a minute, and lines of which nothing is left.
    core::Result<> trim(std::int64_t first_minute);

private:
    explicit PanelFile(std::unique_ptr<storage::Database> database) : database_(std::move(database)) {}
    std::unique_ptr<storage::Database> database_;
};

}  // namespace qd::timeseries
