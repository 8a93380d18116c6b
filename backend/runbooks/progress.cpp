#include "runbooks/progress.hpp"

#include <algorithm>
#include <array>

namespace qd::runbooks {
namespace {

constexpr std::array<std::string_view, 6> words{"todo", "running", "unknown", "done", "failed", "skipped"};

}  // namespace

std::string_view to_string(StepState state) {
    return words[std::size_t(state)];
}

std::optional<StepState> parse_step_state(std::string_view text) {
    const auto* at = std::ranges::find(words, text);
    if (at == words.end()) return std::nullopt;
    return StepState(at - words.begin());
}

std::string subject_of(const RunbookId& runbook, const std::string& step) {
    return runbook.value + "/" + step;
}

std::map<std::string, StepProgress> progress(std::span<const RunEvent> events,
                                             const std::set<std::string>& running) {
    std::map<std::string, StepProgress> all;
    for (const RunEvent& event : events) {
        StepProgress next;
        if (event.phase == "started")
            next.state = running.contains(event.subject) ? StepState::running : StepState::unknown;
        else if (event.phase == "done")
            next.state = StepState::done;
        else if (event.phase == "failed")
            next.state = StepState::failed;
        else if (event.phase == "skipped")
            next.state = StepState::skipped;
        else
            continue;  // a phase of a later version says nothing that is known here
        StepProgress& step = all[event.subject];
        next.runs = step.runs + (event.phase == "started" ? 1 : 0);
        next.actor = event.actor;
        next.text = event.text;
        next.at = event.at;
        step = std::move(next);
    }
    return all;
}

}  // namespace qd::runbooks
