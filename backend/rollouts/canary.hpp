#pragma once
// The canary strategy as a state machine over an audit log. Pure: time comes with the events.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "rollouts/specification.hpp"

namespace qd::rollouts {

enum class Phase { progressing, paused, degraded, healthy };

std::string_view to_string(Phase phase);
std::optional<Phase> parse_phase(std::string_view text);

/// What people may do.
enum class Action { next, resume, pause, back, promote, ramp_down, abort, undo };

inline constexpr std::array<Action, 8> all_actions{Action::next,  Action::resume,  Action::pause,
                                                   Action::back,  Action::promote, Action::ramp_down,
                                                   Action::abort, Action::undo};

/// The wire's words: "next", …, "ramp-down", ….
std::string_view to_string(Action action);
std::optional<Action> parse_action(std::string_view text);

enum class AuditKind {
    start,      // first row; the specification is in it
    action,     // what a person did, or the engine by the analysis' trust level
    ready,      // the canary's instances serve: the first step begins
    step_done,  // the current step has done what it says
    ramped,     // one stage less while ramping down
    completed,  // promotion: the target is the stable version; undo: the former one is again
    verdict,    // the outcome of the judgement changed
    note,       // a trouble or an observation that changes nothing
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
    std::optional<unsigned> weight;  // ramped

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

struct Canary {
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

    bool operator==(const Canary&) const = default;
};

/// progressing; paused when held or at a pause step; degraded once aborted, ramping down, undoing or undone;
/// healthy once promoted.
Phase phase(const Canary& canary, const Specification& specification);

/// Nothing more will happen by itself.
bool is_finished(const Canary& canary);

/// The state after `event`. Errc::conflict with the reason when it does not apply now.
core::Result<Canary> follow(const Canary& canary, const Specification& specification,
                            const AuditEvent& event);
core::Result<Canary> replay(const Specification& specification, std::span<const AuditEvent> events);

/// Why `action` does not apply now, or nothing when it does.
std::optional<std::string> refusal(const Canary& canary, const Specification& specification, Action action);

/// How long a timed pause or analysis step still has to run; nothing for other steps. Holds do not count.
std::optional<std::chrono::milliseconds> remaining(const Canary& canary, const Specification& specification,
                                                   core::WallTime now);

/// The next lower weight of the ramp down: that of the setWeight steps before, finally 0.
unsigned ramp_stage_below(const Specification& specification, unsigned weight);
inline constexpr std::chrono::seconds ramp_stage_duration{10};

}  // namespace qd::rollouts
