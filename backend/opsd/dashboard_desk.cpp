#include "opsd/dashboard_desk.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/files.hpp"
#include "dashboards/board_file.hpp"

namespace qd::opsd {
namespace {

constexpr std::size_t max_files = 1'000;  // of the folder that are looked at

std::optional<std::size_t> index_of(const std::vector<BoardEntry>& entries, std::string_view id) {
    for (std::size_t i = 0; i < entries.size(); ++i)
        if (entries[i].board.id.value == id) return i;
    return std::nullopt;
}

}  // namespace

DashboardDesk::DashboardDesk(Context& context, timeseries::Store& store, std::filesystem::path folder)
    : context_(context), store_(store), folder_(std::move(folder)) {
    for (const DefaultBoard& text : default_boards()) {
        auto board = dashboards::parse_board(std::string(text.text), std::string(text.name));
        if (board)
            built_in_.push_back(std::move(*board));
        else
            context_.log().error("a built-in dashboard is broken", {{"error", board.error().message}});
    }
    std::stable_sort(built_in_.begin(), built_in_.end(),
                     [](const auto& a, const auto& b) { return a.role < b.role; });
    (void)read_files();
    entries_ = arrange();
    follow(entries_);
}

void DashboardDesk::start() {
    periodic_ = std::make_unique<core::Periodic>(period, "opsd-boards", [this] { look(); });
}

bool DashboardDesk::read_files() {
    namespace fs = std::filesystem;
    bool changed = false;
    std::set<std::string> present;
    std::error_code error;
    std::size_t looked_at = 0;
    for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
        const std::string extension = at->path().extension().string();
        if (++looked_at > max_files) break;
        std::error_code unread;
        // A pipe would hold the reader up.
        if ((extension != ".yaml" && extension != ".yml") || !fs::is_regular_file(at->path(), unread))
            continue;
        const std::string name = at->path().filename().string();
        const auto changed_at = fs::last_write_time(at->path(), unread);
        const auto bytes = unread ? 0 : fs::file_size(at->path(), unread);
        if (unread) continue;  // it is gone again
        present.insert(name);
        const auto [known, is_new] = files_.try_emplace(name);
        File& file = known->second;
        if (!is_new && file.changed_at == changed_at && file.bytes == bytes) continue;
        file.changed_at = changed_at;
        file.bytes = bytes;
        changed = true;
        auto text = core::read_file(at->path(), dashboards::max_file_bytes + 1);
        auto board =
            text ? dashboards::parse_board(std::move(*text), name)
            : text.error().code == core::Errc::too_large
                ? core::Result<dashboards::Dashboard>(core::fail(
                      core::Errc::config, "{}:1: larger than {} KiB", name, dashboards::max_file_bytes >> 10))
                : core::Result<dashboards::Dashboard>(
                      core::fail(core::Errc::config, "{}: {}", name, text.error().message));
        file.error = board ? std::string() : board.error().message;
        if (board) file.good = std::move(*board);
        if (!board) context_.log().warning("a dashboard is broken", {{"error", file.error}});
    }
    changed =
        std::erase_if(files_, [&](const auto& file) { return !present.contains(file.first); }) > 0 || changed;
    return changed;
}

std::vector<BoardEntry> DashboardDesk::arrange() {
    std::vector<BoardEntry> entries;
    for (const dashboards::Dashboard& board : built_in_) entries.push_back({board, "built-in", {}});
    std::vector<std::string> left_out;
    for (const auto& [name, file] : files_) {
        BoardEntry entry{file.good.value_or(dashboards::Dashboard{}), name, file.error};
        auto place = index_of(entries, entry.board.id.value);
        if (file.good && place && entries[*place].source != "built-in") {
            entry.error = fmt::format("{}:1: the dashboard '{}' is in {} too", name, entry.board.id.value,
                                      entries[*place].source);
            entry.board = {};
        }
        if (entry.board.id.empty()) {
            // Never good: it goes by its file's name, and is told at the dashboard that has this id, if any.
            const std::string stem = std::filesystem::path(name).stem().string();
            entry.board.id = dashboards::DashboardId(stem);
            entry.board.title = name;
            place = index_of(entries, stem);
            if (place) {
                if (entries[*place].error.empty()) entries[*place].error = entry.error;
                continue;
            }
        }
        if (place)
            entries[*place] = std::move(entry);
        else if (entries.size() < dashboards::max_dashboards)
            entries.push_back(std::move(entry));
        else
            left_out.push_back(fmt::format("{} is not read: there are more than {} dashboards", name,
                                           dashboards::max_dashboards));
    }
    const std::lock_guard lock(mutex_);
    files_left_out_ = std::move(left_out);
    return entries;
}

void DashboardDesk::follow(const std::vector<BoardEntry>& entries) {
    std::vector<dashboards::Query> queries;
    for (const BoardEntry& entry : entries)
        for (const dashboards::Panel& panel : entry.board.panels)
            for (const dashboards::PanelSeries& series : panel.series) queries.push_back(series.query);
    store_.follow_panels(queries);
}

void DashboardDesk::look() {
    const std::lock_guard looking(look_mutex_);
    if (read_files()) {
        auto next = arrange();
        std::vector<BoardEntry> before;
        {
            const std::lock_guard lock(mutex_);
            before = entries_;
            entries_ = next;
        }
        if (next != before) {
            follow(next);
            tell(before, next);
        }
    }
    // New values of labels come while nobody touches a file.
    auto beyond = left_out();
    if (beyond == told_left_out_) return;
    told_left_out_ = std::move(beyond);
    context_.publish("dashboard", "*", {{"left_out", told_left_out_}});
}

void DashboardDesk::tell(const std::vector<BoardEntry>& before, const std::vector<BoardEntry>& now) {
    const auto publish = [this](const BoardEntry& entry, bool removed) {
        context_.publish(
            "dashboard", entry.board.id.value,
            {{"id", entry.board.id.value},
             {"title", entry.board.title},
             {"source", entry.source},
             {"error", entry.error.empty() ? nlohmann::json(nullptr) : nlohmann::json(entry.error)},
             {"removed", removed}});
    };
    for (const BoardEntry& entry : now)
        if (std::find(before.begin(), before.end(), entry) == before.end()) publish(entry, false);
    for (const BoardEntry& entry : before)
        if (!index_of(now, entry.board.id.value)) publish(entry, true);
}

std::vector<BoardEntry> DashboardDesk::entries() const {
    const std::lock_guard lock(mutex_);
    return entries_;
}

std::optional<BoardEntry> DashboardDesk::find(std::string_view id) const {
    const std::lock_guard lock(mutex_);
    const auto at = index_of(entries_, id);
    if (!at) return std::nullopt;
    return entries_[*at];
}

std::vector<std::string> DashboardDesk::left_out() const {
    auto all = store_.panels_left_out();
    const std::lock_guard lock(mutex_);
    all.insert(all.begin(), files_left_out_.begin(), files_left_out_.end());
    return all;
}

}  // namespace qd::opsd
