#include "rollouts/canary.hpp"

#include <algorithm>

namespace qd::rollouts {
namespace {

using core::Errc;
using core::fail;
using std::chrono::milliseconds;

template <class Enum, std::size_t N>
std::optional<Enum> find_word(const std::array<std::string_view, N>& words, std::string_view text) {
    const auto* at = std::ranges::find(words, text);
    if (at == words.end()) return std::nullopt;
    return Enum(at - words.begin());
}

constexpr std::array<std::string_view, 4> phase_words{"progressing", "paused", "degraded", "healthy"};
constexpr std::array<std::string_view, 8> action_words{"next",    "resume",    "pause", "back",
                                                       "promote", "ramp-down", "abort", "undo"};
constexpr std::array<std::string_view, 8> audit_words{"start",  "action",    "ready",   "step_done",
                                                      "ramped", "completed", "verdict", "note"};
constexpr std::array<std::string_view, 7> course_words{"stepping", "promoting", "ramping_down", "aborted",
                                                       "promoted", "undoing",   "undone"};

const Step* current_step(const Canary& canary, const Specification& specification) {
    if (canary.course != Course::stepping || canary.step >= specification.steps.size()) return nullptr;
    return &specification.steps[canary.step];
}

/// The setWeight step before the one that gives the present weight.
std::optional<std::size_t> step_back_target(const Canary& canary, const Specification& specification) {
    std::optional<std::size_t> found, current;
    for (std::size_t i = 0; i < std::min(canary.step + 1, specification.steps.size()); ++i) {
        if (specification.steps[i].kind != StepKind::set_weight) continue;
        found = current;
        current = i;
    }
    return found;
}

void take(Canary& canary, Course course, unsigned weight, core::WallTime at) {
    canary.course = course;
    canary.weight = weight;
    canary.held = false;
    canary.hold_reason.clear();
    canary.course_since = at;
}

void enter(Canary& canary, const Specification& specification, std::size_t step, core::WallTime at) {
    canary.step = step;
    canary.step_since = at;
    canary.held_for = {};
    canary.held = false;
    canary.hold_reason.clear();
    if (step >= specification.steps.size())
        take(canary, Course::promoting, 100, at);
    else if (specification.steps[step].kind == StepKind::set_weight)
        canary.weight = specification.steps[step].weight;
}

void hold(Canary& canary, std::string reason, core::WallTime at) {
    canary.held = true;
    canary.hold_reason = std::move(reason);
    canary.held_since = at;
}

void release(Canary& canary, core::WallTime at) {
    canary.held_for += std::max(milliseconds(0), at - canary.held_since);
    canary.held = false;
    canary.hold_reason.clear();
}

void act(Canary& canary, const Specification& specification, const AuditEvent& event) {
    switch (*event.action) {
        case Action::pause:
            return hold(canary, event.reason, event.at);
        case Action::resume:
            if (canary.held) return release(canary, event.at);
            return enter(canary, specification, canary.step + 1, event.at);
        case Action::next:
            return enter(canary, specification, canary.step + 1, event.at);
        case Action::back:
            enter(canary, specification, *step_back_target(canary, specification), event.at);
            // Else the steps that led here would be taken again at once.
            return hold(canary, "stepped back" + (event.reason.empty() ? "" : ": " + event.reason), event.at);
        case Action::promote:
            canary.step = specification.steps.size();
            return take(canary, Course::promoting, 100, event.at);
        case Action::ramp_down: {
            const unsigned below = ramp_stage_below(specification, canary.weight);
            return take(canary, below == 0 ? Course::aborted : Course::ramping_down, below, event.at);
        }
        case Action::abort:
            // Part of the stable arm may be of the new version already: that is undone, not just left.
            return take(canary, canary.course == Course::promoting ? Course::undoing : Course::aborted, 0,
                        event.at);
        case Action::undo:
            return take(canary, Course::undoing, 0, event.at);
    }
}

core::Failure not_now(std::string_view what, const Canary& canary) {
    return fail(Errc::conflict, "{} does not apply while {}", what, to_string(canary.course));
}

core::Result<> apply(Canary& canary, const Specification& specification, const AuditEvent& event) {
    if ((event.kind == AuditKind::start) != (canary.version == 0))
        return fail(Errc::conflict, "a rollout begins with its start, once");
    switch (event.kind) {
        case AuditKind::start:
            canary.step_since = canary.course_since = event.at;
            return {};
        case AuditKind::action:
            if (!event.action) return fail(Errc::invalid_argument, "action: is missing");
            if (auto why = refusal(canary, specification, *event.action))
                return fail(Errc::conflict, "{}", *why);
            act(canary, specification, event);
            return {};
        case AuditKind::ready:
            if (canary.course != Course::stepping || canary.ready) return not_now("ready", canary);
            canary.ready = true;
            {
                // A hold from before goes on: its step's time begins with it.
                const bool held = canary.held;
                const std::string reason = canary.hold_reason;
                enter(canary, specification, 0, event.at);
                if (held) hold(canary, reason, event.at);
            }
            return {};
        case AuditKind::step_done: {
            const Step* step = current_step(canary, specification);
            if (step == nullptr || !canary.ready || canary.held) return not_now("the end of a step", canary);
            if (step->kind == StepKind::pause && !step->duration)
                return fail(Errc::conflict, "this pause lasts until somebody resumes");
            if (const auto left = remaining(canary, specification, event.at); left && left->count() > 0)
                return fail(Errc::conflict, "the step has {} ms to go", left->count());
            enter(canary, specification, canary.step + 1, event.at);
            return {};
        }
        case AuditKind::ramped:
            if (canary.course != Course::ramping_down) return not_now("a stage of a ramp down", canary);
            if (event.weight != ramp_stage_below(specification, canary.weight))
                return fail(Errc::invalid_argument, "weight: is not the next stage");
            take(canary, *event.weight == 0 ? Course::aborted : Course::ramping_down, *event.weight,
                 event.at);
            return {};
        case AuditKind::completed:
            if (canary.course != Course::promoting && canary.course != Course::undoing)
                return not_now("completion", canary);
            take(canary, canary.course == Course::promoting ? Course::promoted : Course::undone, 0, event.at);
            return {};
        case AuditKind::verdict:
        case AuditKind::note:
            return {};
    }
    return fail(Errc::invalid_argument, "kind: is unknown");
}

}  // namespace

std::string_view to_string(Phase phase) {
    return phase_words[std::size_t(phase)];
}
std::optional<Phase> parse_phase(std::string_view text) {
    return find_word<Phase>(phase_words, text);
}
std::string_view to_string(Action action) {
    return action_words[std::size_t(action)];
}
std::optional<Action> parse_action(std::string_view text) {
    return find_word<Action>(action_words, text);
}
std::string_view to_string(AuditKind kind) {
    return audit_words[std::size_t(kind)];
}
std::optional<AuditKind> parse_audit_kind(std::string_view text) {
    return find_word<AuditKind>(audit_words, text);
}
std::string_view to_string(Course course) {
    return course_words[std::size_t(course)];
}
std::optional<Course> parse_course(std::string_view text) {
    return find_word<Course>(course_words, text);
}

Phase phase(const Canary& canary, const Specification& specification) {
    switch (canary.course) {
        case Course::stepping: {
            const Step* step = current_step(canary, specification);
            const bool pausing = canary.ready && step != nullptr && step->kind == StepKind::pause;
            return canary.held || pausing ? Phase::paused : Phase::progressing;
        }
        case Course::promoting:
            return Phase::progressing;
        case Course::promoted:
            return Phase::healthy;
        default:
            return Phase::degraded;
    }
}

bool is_finished(const Canary& canary) {
    return canary.course == Course::aborted || canary.course == Course::promoted ||
           canary.course == Course::undone;
}

core::Result<Canary> follow(const Canary& canary, const Specification& specification,
                            const AuditEvent& event) {
    if (event.seq != canary.version + 1)
        return fail(Errc::corrupt, "audit row {} cannot follow row {}", event.seq, canary.version);
    Canary after = canary;
    if (auto ok = apply(after, specification, event); !ok) return core::Failure(ok.error());
    after.version = event.seq;
    return after;
}

core::Result<Canary> replay(const Specification& specification, std::span<const AuditEvent> events) {
    Canary canary;
    for (const AuditEvent& event : events) {
        auto after = follow(canary, specification, event);
        if (!after) return after;
        canary = std::move(*after);
    }
    return canary;
}

std::optional<std::string> refusal(const Canary& canary, const Specification& specification, Action action) {
    const bool stepping = canary.course == Course::stepping;
    const Step* step = current_step(canary, specification);
    if (action == Action::undo) {
        if (canary.course == Course::promoted) return std::nullopt;
        return canary.course == Course::undoing || canary.course == Course::undone
                   ? "it is being undone already or has been"
                   : "only what was promoted can be undone: abort takes the canary to zero";
    }
    if (action == Action::abort) {
        if (stepping || canary.course == Course::promoting || canary.course == Course::ramping_down)
            return std::nullopt;
        return canary.course == Course::promoted ? "it has been promoted: undo brings the former version back"
                                                 : "the canary has no traffic any more";
    }
    if (!stepping)
        return fmt::format("it is {}: {}", to_string(canary.course),
                           is_finished(canary) ? "the rollout has ended" : "only abort applies");
    switch (action) {
        case Action::pause:
            if (canary.held) return "it is paused already";
            return std::nullopt;
        case Action::resume:
            if (canary.held) return std::nullopt;
            if (canary.ready && step != nullptr && step->kind == StepKind::pause) return std::nullopt;
            return "nothing is paused";
        case Action::ramp_down:
            if (canary.weight == 0) return "the canary has no traffic";
            return std::nullopt;
        case Action::next:
        case Action::promote:
        case Action::back:
            if (!canary.ready) return "the canary's instances do not serve yet";
            if (action == Action::back && !step_back_target(canary, specification))
                return "it is at its first weight: abort takes the canary to zero";
            return std::nullopt;
        default:
            return std::nullopt;
    }
}

std::optional<milliseconds> remaining(const Canary& canary, const Specification& specification,
                                      core::WallTime now) {
    const Step* step = current_step(canary, specification);
    if (step == nullptr || !step->duration || !canary.ready) return std::nullopt;
    const core::WallTime until = canary.held ? canary.held_since : now;
    const milliseconds elapsed = std::max(milliseconds(0), until - canary.step_since) - canary.held_for;
    return std::clamp(*step->duration - elapsed, milliseconds(0), *step->duration);
}

unsigned ramp_stage_below(const Specification& specification, unsigned weight) {
    unsigned below = 0;
    for (const Step& step : specification.steps)
        if (step.kind == StepKind::set_weight && step.weight < weight) below = std::max(below, step.weight);
    return below;
}

}  // namespace qd::rollouts
