#pragma once
// The dashboards there are: the built-in ones, and the files of a folder, which are read again when they
// change. A file that is broken keeps its last good version; one with a built-in's id stands in its place.

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/executor.hpp"
#include "dashboards/dashboard.hpp"
#include "opsd/context.hpp"
#include "timeseries/store.hpp"

namespace qd::opsd {

struct DefaultBoard {
    std::string_view name;  // "on-call.yaml"
    std::string_view text;
};

/// Compiled in from resources/dashboards.
const std::vector<DefaultBoard>& default_boards();

struct BoardEntry {
    dashboards::Dashboard board;  // without panels when no version of the file was ever good
    std::string source;           // "built-in", or the file's name
    std::string error;            // "on-call.yaml:12: …" while the file is broken; empty when it is not

    bool operator==(const BoardEntry&) const = default;
};

/// Thread-safe. Thread: "opsd-boards" after start().
class DashboardDesk {
public:
    static constexpr std::chrono::milliseconds period{1'000};

    /// `folder` may be missing, and may come later.
    DashboardDesk(Context& context, timeseries::Store& store, std::filesystem::path folder);

    void start();
    void stop() { periodic_.reset(); }
    /// Looks whether a file has changed; if so the store follows the new panels, and everybody is told by an
    /// event `dashboard` with the id.
    void look();

    /// The built-in ones first, then by the files' names; at most dashboards::max_dashboards.
    std::vector<BoardEntry> entries() const;
    std::optional<BoardEntry> find(std::string_view id) const;
    /// What is beyond a limit, in sentences.
    std::vector<std::string> left_out() const;

private:
    struct File {
        std::filesystem::file_time_type changed_at{};
        std::uintmax_t bytes = 0;
        std::optional<dashboards::Dashboard> good;
        std::string error;
    };

    bool read_files();
    std::vector<BoardEntry> arrange();
    void follow(const std::vector<BoardEntry>& entries);
    void tell(const std::vector<BoardEntry>& before, const std::vector<BoardEntry>& now);

    Context& context_;
    timeseries::Store& store_;
    const std::filesystem::path folder_;
    std::mutex look_mutex_;  // one look at a time; held longer than mutex_
    std::vector<dashboards::Dashboard> built_in_;
    std::map<std::string, File> files_;
    std::vector<std::string> told_left_out_;

    mutable std::mutex mutex_;
    std::vector<BoardEntry> entries_;
    std::vector<std::string> files_left_out_;
    std::unique_ptr<core::Periodic> periodic_;
};

/// GET /dashboards, /dashboards/{id}/panels/{n}/series.
void add_dashboard_routes(http::Server& server, Context& context, const DashboardDesk& desk,
                          const timeseries::Store& store);

}  // namespace qd::opsd
