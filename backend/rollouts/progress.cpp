#include "rollouts/progress.hpp"

#include <algorithm>

#include "rollouts/steps.hpp"

namespace qd::rollouts {
namespace {

using core::Errc;
using core::fail;
using std::chrono::milliseconds;

bool has_ended(RunPhase phase) {
    return phase != RunPhase::pending && phase != RunPhase::running;
}

bool in_batches(const Specification& specification) {
    return specification.strategy == Strategy::rolling;
}

const Step* current_step(const Progress& progress, const Steps& steps) {
    return progress.course == Course::stepping ? steps.at(progress.step) : nullptr;
}

/// The setWeight step before the one that gives the present weight.
std::optional<std::size_t> step_back_target(const Progress& progress, const Steps& steps) {
    std::optional<std::size_t> found, current;
    for (std::size_t i = 0; i < std::min(progress.step + 1, steps.size()); ++i) {
        if (steps[i].kind != StepKind::set_weight) continue;
        found = current;
        current = i;
    }
    return found;
}

void take(Progress& progress, Course course, unsigned weight, core::WallTime at) {
    progress.course = course;
    progress.weight = weight;
    progress.held = false;
    progress.hold_reason.clear();
    progress.course_since = at;
}

void restart_step(Progress& progress, core::WallTime at) {
    progress.step_since = at;
    progress.held_for = {};
    progress.held = false;
    progress.hold_reason.clear();
}

void enter(Progress& progress, const Steps& steps, std::size_t step, core::WallTime at) {
    progress.step = step;
    progress.step_ready = false;
    progress.step_run = RunPhase::pending;
    restart_step(progress, at);
    if (step >= steps.size())
        take(progress, Course::promoting, 100, at);
    else if (steps[step].kind == StepKind::set_weight)
        progress.weight = steps[step].weight;
}

/// Stepping back finds the weight of an earlier step; so do all others.
void hold(Progress& progress, std::string reason, core::WallTime at) {
    if (progress.held) return;  // the first reason stays
    progress.held = true;
    progress.hold_reason = std::move(reason);
    progress.held_since = at;
}

void release(Progress& progress, core::WallTime at) {
    progress.held_for += std::max(milliseconds(0), at - progress.held_since);
    progress.held = false;
    progress.hold_reason.clear();
    // Who resumes after a run that did not succeed asks for another one.
    for (RunPhase* run : {&progress.step_run, &progress.background_run})
        if (has_ended(*run) && *run != RunPhase::successful) *run = RunPhase::pending;
}

void abort(Progress& progress, const Specification& specification, core::WallTime at) {
    // Part of the stable arm may be of the new version already: that is undone, not just left.
    const bool touched = progress.course == Course::promoting || in_batches(specification);
    take(progress, touched ? Course::undoing : Course::aborted, 0, at);
}

void act(Progress& progress, const Specification& specification, const AuditEvent& event) {
    const Steps steps(specification);
    switch (*event.action) {
        case Action::approve:
            progress.approvers.push_back(event.actor);
            return;
        case Action::pause:
            return hold(progress, event.reason, event.at);
        case Action::resume:
            if (progress.held) return release(progress, event.at);
            return enter(progress, steps, progress.step + 1, event.at);
        case Action::next:
            return enter(progress, steps, progress.step + 1, event.at);
        case Action::back:
            enter(progress, steps, *step_back_target(progress, steps), event.at);
            // Else the steps that led here would be taken again at once.
            return hold(progress, "stepped back" + (event.reason.empty() ? "" : ": " + event.reason),
                        event.at);
        case Action::promote:
            // A blue-green promotion is the switch: the former version stays for its delay.
            if (specification.strategy == Strategy::blue_green && progress.step < steps.switch_at())
                return enter(progress, steps, steps.switch_at(), event.at);
            progress.step = steps.size();
            return take(progress, Course::promoting, 100, event.at);
        case Action::ramp_down: {
            const unsigned below = ramp_stage_below(specification, progress.weight);
            return take(progress, below == 0 ? Course::aborted : Course::ramping_down, below, event.at);
        }
        case Action::abort:
            return abort(progress, specification, event.at);
        case Action::undo:
            return take(progress, Course::undoing, 0, event.at);
    }
}

core::Failure not_now(std::string_view what, const Progress& progress) {
    return fail(Errc::conflict, "{} does not apply while {}", what, to_string(progress.course));
}

core::Result<> may_approve(const Progress& progress, const std::string& actor) {
    if (actor == progress.starter)
        return fail(Errc::conflict, "who started a rollout does not approve it: another person has to");
    if (std::ranges::find(progress.approvers, actor) != progress.approvers.end())
        return fail(Errc::conflict, "{} has approved already: another person has to", actor);
    return {};
}

core::Result<> take_step_done(Progress& progress, const Specification& specification,
                              const AuditEvent& event) {
    const Steps steps(specification);
    const Step* step = current_step(progress, steps);
    if (step == nullptr || !progress.ready || progress.held) return not_now("the end of a step", progress);
    if (is_gate(*step))
        return fail(Errc::conflict, "this {} lasts until somebody resumes", to_string(step->kind));
    if (step->kind == StepKind::experiment && !progress.step_ready)
        return fail(Errc::conflict, "the experiment's instances do not serve yet");
    const bool told =
        specification.analysis.on_failure == Trust::advise && progress.step_run == RunPhase::failed;
    if (has_run(*step) && progress.step_run != RunPhase::successful && !told)
        return fail(Errc::conflict, "the step's analysis has not succeeded");
    if (const auto left = remaining(progress, specification, event.at); left && left->count() > 0)
        return fail(Errc::conflict, "the step has {} ms to go", left->count());
    enter(progress, steps, progress.step + 1, event.at);
    return {};
}

core::Result<> take_replaced(Progress& progress, const AuditEvent& event) {
    const bool forth = progress.course == Course::stepping && progress.ready && !progress.held;
    if (!forth && progress.course != Course::undoing) return not_now("a replaced instance", progress);
    const bool next = forth
                          ? event.instances == progress.replaced + 1 && *event.instances <= progress.instances
                          : progress.replaced > 0 && event.instances == progress.replaced - 1;
    if (!next) return fail(Errc::invalid_argument, "instances: is not the next one");
    progress.replaced = *event.instances;
    restart_step(progress, event.at);
    return {};
}

core::Result<> take_analysis(Progress& progress, const Specification& specification,
                             const AuditEvent& event) {
    if (progress.course != Course::stepping || !progress.ready) return not_now("an analysis", progress);
    if (!event.run_phase || event.run_purpose.empty())
        return fail(Errc::invalid_argument, "run_phase: is missing");
    const bool background = event.run_purpose == "background";
    if (!background && (progress.step >= Steps(specification).size() ||
                        run_purpose(specification, progress.step) != event.run_purpose))
        return not_now("this run", progress);
    RunPhase& run = background ? progress.background_run : progress.step_run;
    if (has_ended(run)) return fail(Errc::conflict, "this run has ended");
    if (*event.run_phase == RunPhase::pending)
        return fail(Errc::invalid_argument, "run_phase: is not one to reach");
    if (run == RunPhase::pending && has_ended(*event.run_phase) && *event.run_phase != RunPhase::error)
        return fail(Errc::conflict, "this run has not begun");
    run = *event.run_phase;
    if (run == RunPhase::failed && specification.analysis.on_failure == Trust::abort)
        abort(progress, specification, event.at);
    else if (run == RunPhase::failed && specification.analysis.on_failure == Trust::pause)
        hold(progress, event.reason, event.at);
    else if (run == RunPhase::inconclusive || run == RunPhase::error)
        hold(progress, event.reason, event.at);  // nobody knows: that is no reason to abort
    return {};
}

core::Result<> take_completed(Progress& progress, const Specification& specification,
                              const AuditEvent& event) {
    const bool batches = in_batches(specification);
    const bool forth = batches ? progress.course == Course::stepping && progress.ready && !progress.held &&
                                     progress.replaced == progress.instances
                               : progress.course == Course::promoting;
    const bool backward = progress.course == Course::undoing && (!batches || progress.replaced == 0);
    if (!forth && !backward) return not_now("completion", progress);
    take(progress, forth ? Course::promoted : Course::undone, 0, event.at);
    return {};
}

core::Result<> apply(Progress& progress, const Specification& specification, const AuditEvent& event) {
    if ((event.kind == AuditKind::start) != (progress.version == 0))
        return fail(Errc::conflict, "a rollout begins with its start, once");
    switch (event.kind) {
        case AuditKind::start:
            progress.step_since = progress.course_since = event.at;
            progress.starter = event.actor;
            progress.instances = std::max(1u, event.instances.value_or(1));
            return {};
        case AuditKind::action:
            if (!event.action) return fail(Errc::invalid_argument, "action: is missing");
            if (auto why = refusal(progress, specification, *event.action))
                return fail(Errc::conflict, "{}", *why);
            if (event.action == Action::approve)
                if (auto ok = may_approve(progress, event.actor); !ok) return ok;
            act(progress, specification, event);
            return {};
        case AuditKind::ready: {
            if (progress.course != Course::stepping || progress.ready) return not_now("ready", progress);
            if (const unsigned missing = approvals_missing(progress, specification); missing > 0)
                return fail(Errc::conflict, "{} approval(s) of other people are missing", missing);
            progress.ready = true;
            // A hold from before goes on: its step's time begins with it.
            const bool held = progress.held;
            const std::string reason = progress.hold_reason;
            if (in_batches(specification))
                restart_step(progress, event.at);
            else
                enter(progress, Steps(specification), 0, event.at);
            if (held) hold(progress, reason, event.at);
            return {};
        }
        case AuditKind::step_done:
            return take_step_done(progress, specification, event);
        case AuditKind::ramped:
            if (progress.course != Course::ramping_down) return not_now("a stage of a ramp down", progress);
            if (event.weight != ramp_stage_below(specification, progress.weight))
                return fail(Errc::invalid_argument, "weight: is not the next stage");
            take(progress, *event.weight == 0 ? Course::aborted : Course::ramping_down, *event.weight,
                 event.at);
            return {};
        case AuditKind::completed:
            return take_completed(progress, specification, event);
        case AuditKind::step_ready: {
            const Steps steps(specification);
            const Step* step = current_step(progress, steps);
            if (!progress.ready || step == nullptr || step->kind != StepKind::experiment ||
                progress.step_ready)
                return not_now("the beginning of an experiment", progress);
            progress.step_ready = true;
            progress.step_since = event.at;
            progress.held_for = {};
            if (progress.held) progress.held_since = event.at;
            return {};
        }
        case AuditKind::replaced:
            if (!in_batches(specification)) return not_now("a replaced instance", progress);
            return take_replaced(progress, event);
        case AuditKind::analysis:
            return take_analysis(progress, specification, event);
        case AuditKind::clock:
            if (!event.shift) return fail(Errc::invalid_argument, "shift: is missing");
            progress.step_since += *event.shift;
            progress.course_since += *event.shift;
            if (progress.held) progress.held_since += *event.shift;
            return {};
        case AuditKind::verdict:
        case AuditKind::note:
            return {};
    }
    return fail(Errc::invalid_argument, "kind: is unknown");
}

}  // namespace

Phase phase(const Progress& progress, const Specification& specification) {
    switch (progress.course) {
        case Course::stepping: {
            const Steps steps(specification);
            const Step* step = current_step(progress, steps);
            // The delay after a blue-green switch waits for nobody.
            const bool delay =
                specification.strategy == Strategy::blue_green && progress.step >= steps.switch_at();
            const bool pausing = progress.ready && step != nullptr && !delay &&
                                 (step->kind == StepKind::pause || is_gate(*step));
            return progress.held || pausing || approvals_missing(progress, specification) > 0
                       ? Phase::paused
                       : Phase::progressing;
        }
        case Course::promoting:
            return Phase::progressing;
        case Course::promoted:
            return Phase::healthy;
        default:
            return Phase::degraded;
    }
}

bool is_finished(const Progress& progress) {
    return progress.course == Course::aborted || progress.course == Course::promoted ||
           progress.course == Course::undone;
}

core::Result<Progress> follow(const Progress& progress, const Specification& specification,
                              const AuditEvent& event) {
    if (event.seq != progress.version + 1)
        return fail(Errc::corrupt, "audit row {} cannot follow row {}", event.seq, progress.version);
    Progress after = progress;
    if (auto ok = apply(after, specification, event); !ok) return core::Failure(ok.error());
    after.version = event.seq;
    return after;
}

core::Result<Progress> replay(const Specification& specification, std::span<const AuditEvent> events) {
    Progress progress;
    for (const AuditEvent& event : events) {
        auto after = follow(progress, specification, event);
        if (!after) return after;
        progress = std::move(*after);
    }
    return progress;
}

std::optional<milliseconds> remaining(const Progress& progress, const Specification& specification,
                                      core::WallTime now) {
    const Steps steps(specification);
    const Step* step = current_step(progress, steps);
    if (step == nullptr || !step->duration || !progress.ready) return std::nullopt;
    if (step->kind == StepKind::experiment && !progress.step_ready) return step->duration;
    const core::WallTime until = progress.held ? progress.held_since : now;
    const milliseconds elapsed = std::max(milliseconds(0), until - progress.step_since) - progress.held_for;
    return std::clamp(*step->duration - elapsed, milliseconds(0), *step->duration);
}

unsigned approvals_missing(const Progress& progress, const Specification& specification) {
    const auto have = unsigned(progress.approvers.size());
    if (progress.course != Course::stepping || progress.ready || have >= specification.approvals) return 0;
    return specification.approvals - have;
}

unsigned ramp_stage_below(const Specification& specification, unsigned weight) {
    unsigned below = 0;
    for (const Step& step : Steps(specification))
        if (step.kind == StepKind::set_weight && step.weight < weight) below = std::max(below, step.weight);
    return below;
}

}  // namespace qd::rollouts
