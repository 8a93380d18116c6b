#pragma once
// The strategies as one state machine over an audit log. Pure: time comes with the events.
//
// canary: the specification's steps. blue-green: the steps that it amounts to (steps_of()): what runs before
// the promotion, the switch (weight 100), what runs after it, and the delay in which the former version
// stays. rolling: no weights; each instance of the target that has stayed ready is a `replaced`, and an abort
// goes back one by one.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "rollouts/analysis_run.hpp"
#include "rollouts/specification.hpp"

namespace qd::rollouts {

enum class Phase { progressing, paused, degraded, healthy };

std::string_view to_string(Phase phase);
std::optional<Phase> parse_phase(std::string_view text);

/// What people may do.
enum class Action { next, resume, pause, back, promote, ramp_down, abort, undo, approve };

inline constexpr std::array<Action, 9> all_actions{Action::next,  Action::resume,  Action::pause,
                                                   Action::back,  Action::promote, Action::ramp_down,
                                                   Action::abort, Action::undo,    Action::approve};

/// Whether it leads to more traffic for the new version: what a freeze forbids. The ways back never are.
constexpr bool goes_up(Action action) {
    return action == Action::next || action == Action::resume || action == Action::promote;
}

/// The wire's words: "next", …, "ramp-down", ….
std::string_view to_string(Action action);
std::optional<Action> parse_action(std::string_view text);

enum class AuditKind {
    start,       // first row; the specification is in it
    action,      // what a person did, or the engine by the analysis' trust level
    ready,       // the canary's instances serve: the first step begins
    step_done,   // the current step has done what it says
    ramped,      // one stage less while ramping down
    completed,   // promotion: the target is the stable version; undo: the former one is again
    verdict,     // the outcome of the judgement changed
    note,        // a trouble or an observation that changes nothing
    step_ready,  // an experiment's instances serve: its time begins
    replaced,    // rolling: one instance more of the target has stayed ready (going back: one less is left)
    analysis,    // a run of templates began, or reached another phase
    clock,       // the wall clock jumped: the times move with it, so that no step is cut short or drawn out
};

std::string_view to_string(AuditKind kind);
std::optional<AuditKind> parse_audit_kind(std::string_view text);

struct AuditEvent {
    std::uint64_t seq = 0;
    AuditKind kind = AuditKind::note;
    core::WallTime at;
    std::string actor;   // a person, or "engine"
    std::string reason;  // why, or what was seen
    std::optional<Action> action;
    std::optional<unsigned> weight;          // ramped
    std::optional<unsigned> instances = {};  // start: of the stable arm; replaced: of the target now
    std::string run_purpose = {};            // analysis: AnalysisRun::purpose
    std::optional<RunPhase> run_phase = {};  // analysis
    std::optional<std::chrono::milliseconds> shift = {};  // clock: forward is positive

    bool operator==(const AuditEvent&) const = default;
};

/// Where it is heading.
enum class Course {
    stepping,      // through the steps
    promoting,     // all to the canary, then the target becomes stable
    ramping_down,  // stage by stage to zero
    aborted,       // at zero, for good
    promoted,      // the target is stable
    undoing,       // the former version is being made stable again
    undone,
};

std::string_view to_string(Course course);
std::optional<Course> parse_course(std::string_view text);

struct Progress {
    Course course = Course::stepping;
    bool ready = false;    // the canary's instances serve
    std::size_t step = 0;  // index of the current step; steps.size() when all are done
    unsigned weight = 0;   // percent requested for the canary
    bool held = false;     // paused by a person or by the analysis, apart from pause steps
    std::string hold_reason;
    core::WallTime step_since;              // the current step was entered
    std::chrono::milliseconds held_for{0};  // of the current step's time, without a current hold
    core::WallTime held_since;              // valid while held
    core::WallTime course_since;            // the course was taken
    std::uint64_t version = 0;              // seq of the last event: what If-Match compares
    std::string starter;
    std::vector<std::string> approvers;  // different people, none of them the starter
    unsigned instances = 1;              // of the stable arm when it began
    unsigned replaced = 0;               // rolling: so many of them are of the target and have stayed ready
    bool step_ready = false;             // experiment: its instances serve
    RunPhase step_run = RunPhase::pending;  // of the current step's templates
    RunPhase background_run = RunPhase::pending;

    bool operator==(const Progress&) const = default;
};

/// progressing; paused when held, at a pause step or while approvals are missing; degraded once aborted,
/// ramping down, undoing or undone; healthy once promoted.
Phase phase(const Progress& progress, const Specification& specification);

/// Nothing more will happen by itself.
bool is_finished(const Progress& progress);

/// The state after `event`. Errc::conflict with the reason when it does not apply now.
core::Result<Progress> follow(const Progress& progress, const Specification& specification,
                              const AuditEvent& event);
core::Result<Progress> replay(const Specification& specification, std::span<const AuditEvent> events);

/// Approvals of different other people that are still needed before the new version gets any traffic.
unsigned approvals_missing(const Progress& progress, const Specification& specification);

/// Why `action` does not apply now, or nothing when it does. Who may approve depends on the person: follow()
/// refuses the starter and whoever has approved.
std::optional<std::string> refusal(const Progress& progress, const Specification& specification,
                                   Action action);

/// How long a timed pause, analysis or experiment still has to run; nothing for other steps. Holds do not
/// count.
std::optional<std::chrono::milliseconds> remaining(const Progress& progress,
                                                   const Specification& specification, core::WallTime now);

/// The next lower weight of the ramp down: that of the setWeight steps before, finally 0.
unsigned ramp_stage_below(const Specification& specification, unsigned weight);
inline constexpr std::chrono::seconds ramp_stage_duration{10};

}  // namespace qd::rollouts
