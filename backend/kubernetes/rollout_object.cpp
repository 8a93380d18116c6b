#include "kubernetes/rollout_object.hpp"

#include <algorithm>

#include "kubernetes/argo_steps.hpp"
#include "kubernetes/lenient.hpp"

namespace qd::kubernetes {
namespace {

using lenient::at;
using nlohmann::json;
using rollouts::Course;
using rollouts::StepKind;

rollouts::Course course_of(const ArgoState& state, ArgoPhase phase) {
    if (state.abort) return Course::aborted;
    if (phase == ArgoPhase::healthy) return Course::promoted;
    return state.promote_full ? Course::promoting : Course::stepping;
}

/// What the steps ask for up to the current one; of a router's weights what Argo has told it.
unsigned weight_of(const ArgoState& state, const json& status, Course course) {
    if (course == Course::aborted || course == Course::promoted) return 0;
    if (const auto told = lenient::number(at(at(at(at(status, "canary"), "weights"), "canary"), "weight")))
        return unsigned(std::clamp<std::int64_t>(*told, 0, 100));
    if (course == Course::promoting) return 100;
    unsigned weight = 0;
    for (std::size_t i = 0; i < state.steps.size() && state.step && i <= *state.step; ++i)
        if (state.steps[i].kind == StepKind::set_weight) weight = state.steps[i].weight;
    return weight;
}

rollouts::Phase phase_of(ArgoPhase phase) {
    switch (phase) {
        case ArgoPhase::healthy:
            return rollouts::Phase::healthy;
        case ArgoPhase::paused:
            return rollouts::Phase::paused;
        case ArgoPhase::degraded:
            return rollouts::Phase::degraded;
        case ArgoPhase::progressing:
            break;
    }
    return rollouts::Phase::progressing;
}

core::WallTime last_change(const json& object, core::WallTime created) {
    core::WallTime latest = created;
    for (const json& condition : lenient::items(at(at(object, "status"), "conditions")))
        if (const auto when = lenient::time(at(condition, "lastUpdateTime")))
            latest = std::max(latest, *when);
    return latest;
}

rollouts::Specification specification_of(const ArgoState& state, const json& spec) {
    rollouts::Specification specification;
    specification.name = state.name;
    specification.strategy = state.strategy;
    specification.steps = state.steps;
    specification.driver = "argo";
    specification.target.label = state.current_hash;
    const json& containers = lenient::items(at(at(at(spec, "template"), "spec"), "containers"));
    if (!containers.empty()) specification.target.program = lenient::text(at(containers.front(), "image"));
    if (state.strategy == rollouts::Strategy::blue_green) {
        const json& given = at(at(spec, "strategy"), "blueGreen");
        auto& blue_green = specification.blue_green;
        const json& automatic = at(given, "autoPromotionEnabled");
        blue_green.auto_promotion = !automatic.is_boolean() || automatic.get<bool>();
        if (const auto after = lenient::number(at(given, "autoPromotionSeconds")); after && *after > 0)
            blue_green.auto_promotion_after = std::chrono::seconds(std::min<std::int64_t>(*after, 604'800));
        if (const auto delay = lenient::number(at(given, "scaleDownDelaySeconds")))
            blue_green.scale_down_delay = std::chrono::seconds(std::clamp<std::int64_t>(*delay, 0, 604'800));
    }
    return specification;
}

}  // namespace

rollouts::RolloutId argo_id(std::string_view space, std::string_view name) {
    return rollouts::RolloutId(fmt::format("argo:{}:{}", space, name));
}

ArgoState read_argo_state(const json& object) {
    const json &metadata = at(object, "metadata"), &spec = at(object, "spec"), &status = at(object, "status");
    const json& canary = at(at(spec, "strategy"), "canary");
    ArgoState state;
    state.space = lenient::text(at(metadata, "namespace"));
    state.name = lenient::text(at(metadata, "name"));
    state.uid = lenient::text(at(metadata, "uid"));
    state.resource_version = lenient::text(at(metadata, "resourceVersion"));
    state.revision = lenient::count(at(at(metadata, "annotations"), "rollout.argoproj.io/revision"));
    state.spec_paused = lenient::flag(at(spec, "paused"));
    if (at(at(spec, "strategy"), "blueGreen").is_object()) {
        state.strategy = rollouts::Strategy::blue_green;
    } else {
        state.steps = decode_argo_steps(at(canary, "steps"));
        // An index that is not set is the first step, as the controller takes it.
        if (!state.steps.empty())
            state.step =
                std::min<std::size_t>(lenient::count(at(status, "currentStepIndex")), state.steps.size());
    }
    for (const json& pause : lenient::items(at(status, "pauseConditions")))
        state.pauses.push_back({lenient::text(at(pause, "reason")), lenient::time(at(pause, "startTime"))});
    state.controller_pause = lenient::flag(at(status, "controllerPause"));
    state.step_inconclusive = lenient::text(at(at(at(status, "canary"), "currentStepAnalysisRunStatus"),
                                               "status")) == "Inconclusive";
    state.abort = lenient::flag(at(status, "abort"));
    state.promote_full = lenient::flag(at(status, "promoteFull"));
    state.current_hash = lenient::text(at(status, "currentPodHash"));
    state.stable_hash = lenient::text(at(status, "stableRS"));
    return state;
}

rollouts::Rollout decode_rollout(const json& object, core::WallTime now) {
    const ArgoState state = read_argo_state(object);
    const ArgoPhaseReading reading = argo_phase(object);
    const json& status = at(object, "status");
    rollouts::Rollout rollout;
    rollout.id = argo_id(state.space, state.name);
    rollout.specification = specification_of(state, at(object, "spec"));
    rollout.phase = phase_of(reading.phase);
    rollout.message = reading.message;
    rollout.stable_version = state.stable_hash;
    rollout.former_version = state.fully_promoted() ? "" : state.stable_hash;
    rollout.created_at = lenient::time(at(at(object, "metadata"), "creationTimestamp")).value_or(now);
    rollout.updated_at = last_change(object, rollout.created_at);
    auto& progress = rollout.progress;
    progress.course = course_of(state, reading.phase);
    progress.ready = lenient::count(at(status, "updatedReplicas")) > 0;
    progress.step = progress.course == Course::promoted ? state.steps.size() : state.step.value_or(0);
    progress.weight = weight_of(state, status, progress.course);
    progress.step_since = rollout.updated_at;
    progress.course_since = lenient::time(at(status, "abortedAt")).value_or(rollout.updated_at);
    for (const ArgoPause& pause : state.pauses)
        if (pause.since) progress.step_since = *pause.since;
    const bool inconclusive = std::ranges::any_of(
        state.pauses, [](const ArgoPause& pause) { return pause.reason.starts_with("Inconclusive"); });
    if (progress.course == Course::stepping && (state.spec_paused || inconclusive)) {
        progress.held = true;
        progress.hold_reason = state.spec_paused ? "paused by hand" : state.pauses.front().reason;
        progress.held_since = progress.step_since;
    }
    // It compares for equality only, and never with one of another object.
    progress.version = lenient::count(json(state.resource_version));
    rollout.weight_requested = progress.weight;
    rollout.split_confirmed = lenient::flag(at(at(at(status, "canary"), "weights"), "verified"));
    rollout.remaining = state.spec_paused ? std::nullopt : remaining(progress, rollout.specification, now);
    rollout.traffic.rollout = rollout.id.value;
    rollout.traffic.canary_weight = progress.weight;
    if (!state.stable_hash.empty()) rollout.arms["stable"].version = state.stable_hash;
    if (!state.fully_promoted()) rollout.arms["canary"].version = state.current_hash;
    if (is_finished(progress)) rollout.ended_at = progress.course_since;
    return rollout;
}

}  // namespace qd::kubernetes
