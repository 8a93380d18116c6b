#pragma once
// How far an incident is with its runbooks: a replay of its journal's runbook events. Pure.

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "runbooks/runbook.hpp"

namespace qd::runbooks {

enum class StepState {
    todo,
    running,  // started, and at work now
    unknown,  // started, and nobody can say how it ended: opsd was stopped meanwhile
    done,
    failed,
    skipped,
};

std::string_view to_string(StepState state);
std::optional<StepState> parse_step_state(std::string_view text);

/// A runbook event of the journal.
struct RunEvent {
    std::string subject;  // "runbook/step"
    std::string phase;    // "started" | "done" | "failed" | "skipped"
    std::string actor;
    std::string text;
    core::WallTime at{};
};

struct StepProgress {
    StepState state = StepState::todo;
    std::string actor;
    std::string text;  // what was sent or came back, or why
    core::WallTime at{};
    int runs = 0;

    bool operator==(const StepProgress&) const = default;
};

std::string subject_of(const RunbookId& runbook, const std::string& step);

/// By subject. `running` are the subjects that are at work in this very process: another that was started and
/// has no end is unknown, never done.
std::map<std::string, StepProgress> progress(std::span<const RunEvent> events,
                                             const std::set<std::string>& running);

}  // namespace qd::runbooks
