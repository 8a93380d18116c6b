#include "opsd/runbook_library.hpp"

#include <algorithm>

#include "runbooks/runbook_file.hpp"

namespace qd::opsd {
namespace {

constexpr std::string_view built_in = "built-in";

std::string id_of(const RunbookEntry& entry) {
    return entry.runbook.id.value;
}

}  // namespace

RunbookLibrary::RunbookLibrary(telemetry::Log& log, std::vector<std::filesystem::path> places)
    : log_(log), files_(std::move(places), {{".md"}, runbooks::max_file_bytes, max_runbooks}) {
    for (const DefaultRunbook& text : default_runbooks()) {
        auto runbook = runbooks::parse_runbook(text.text, std::string(text.name));
        if (runbook)
            built_in_.push_back({std::move(*runbook), std::string(built_in), {}});
        else
            log_.error("a built-in runbook is broken", {{"error", runbook.error().message}});
    }
    (void)look();
}

std::vector<RunbookEntry> RunbookLibrary::arrange(const std::vector<RunbookEntry>& before) const {
    std::vector<RunbookEntry> entries = built_in_;
    for (const WatchedFiles::File& file : files_.files()) {
        auto read = file.text ? runbooks::parse_runbook(*file.text, file.name)
                              : core::Result<runbooks::Runbook>(core::fail(
                                    core::Errc::config, "{}: {}", file.name, file.text.error().message));
        RunbookEntry entry{{}, file.name, {}};
        if (read) {
            entry.runbook = std::move(*read);
        } else {
            entry.problem = read.error().message;
            const auto old = std::ranges::find(before, file.name, &RunbookEntry::source);
            if (old != before.end()) entry.runbook = old->runbook;
            if (old == before.end() || old->problem != entry.problem)
                log_.warning("a runbook is broken", {{"error", entry.problem}});
        }
        if (entry.runbook.id.empty()) {
            // Never good: it goes by its file's name.
            entry.runbook.id = runbooks::RunbookId(file.name);
            entry.runbook.title = file.name;
        }
        const auto same = std::ranges::find(entries, id_of(entry), id_of);
        if (same == entries.end()) {
            entries.push_back(std::move(entry));
        } else if (same->source == built_in) {
            *same = std::move(entry);
        } else if (same->problem.empty()) {
            same->problem =
                fmt::format("{}:1: the runbook '{}' is in {} too", file.name, id_of(entry), same->source);
        }
    }
    return entries;
}

bool RunbookLibrary::look() {
    const std::lock_guard looking(look_mutex_);
    if (!files_.look()) return false;
    auto next = arrange(entries());
    const std::lock_guard lock(mutex_);
    const bool changed = next != entries_ || left_out_ != files_.left_out();
    entries_ = std::move(next);
    left_out_ = files_.left_out();
    return changed;
}

std::vector<RunbookEntry> RunbookLibrary::entries() const {
    const std::lock_guard lock(mutex_);
    return entries_;
}

std::optional<RunbookEntry> RunbookLibrary::find(std::string_view id) const {
    const std::lock_guard lock(mutex_);
    const auto at = std::ranges::find_if(
        entries_, [id](const RunbookEntry& entry) { return entry.runbook.id.value == id; });
    if (at == entries_.end()) return std::nullopt;
    return *at;
}

std::vector<std::string> RunbookLibrary::left_out() const {
    const std::lock_guard lock(mutex_);
    return left_out_;
}

}  // namespace qd::opsd
