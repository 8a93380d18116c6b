// The engine's part that people ask: starts, actions, and what an action would do.

#include <algorithm>
#include <map>

#include "rollouts/engine/analysis_plan.hpp"
#include "rollouts/engine/effects.hpp"
#include "rollouts/engine/rollout_engine.hpp"
#include "rollouts/steps.hpp"

namespace qd::rollouts {
namespace {

using core::Errc;
using core::fail;
using core::Failure;

/// A key is one person's own, for `what` is done to which rollout.
std::string scoped(const RolloutAuthor& author, std::string_view what, std::string_view rollout) {
    if (author.idempotency_key.empty()) return {};
    return fmt::format("{}\n{} {}\n{}", author.actor, what, rollout, author.idempotency_key);
}

/// The version most of the stable arm's instances have, and how many there are of the arm.
core::Result<Beginning> look_at_stable(const std::vector<RunningInstance>& running) {
    std::map<std::string, unsigned> versions;
    unsigned all = 0;
    for (const RunningInstance& each : running)
        if (each.arm == "stable") ++versions[each.version], ++all;
    if (all == 0)
        return fail(Errc::unavailable, "nothing serves the stable arm: there is nothing to compare with");
    const auto most = std::ranges::max_element(versions, {}, [](const auto& entry) { return entry.second; });
    return Beginning{{}, most->first, all};
}

core::Result<> may_override(bool overriding, const std::string& reason) {
    if (overriding && reason.empty())
        return fail(Errc::invalid_argument, "reason: who overrides a freeze says why");
    return {};
}

std::string told_reason(const std::string& reason, const std::optional<std::string>& overridden) {
    return overridden ? fmt::format("{} (although {})", reason, *overridden) : reason;
}

/// Every plan that its steps lead to is asked for before anything begins.
core::Result<> can_route(const Beginning& beginning, const TrafficRouter& router) {
    Progress progress;
    progress.ready = progress.step_ready = true;
    for (const Step& step : Steps(beginning.specification)) {
        if (step.kind == StepKind::set_weight) progress.weight = step.weight;
        if (const auto why = router.refusal(desired(progress, beginning.specification, beginning).traffic))
            return fail(Errc::invalid_argument, "step {} ({}): {}", progress.step + 1, describe(step), *why);
        ++progress.step;
    }
    return {};
}

/// What a specification may say though this engine does not do it.
core::Result<> can_do(const Specification& specification, const Drivers& drivers) {
    if (auto ok = can_run(specification); !ok) return ok;
    for (const AnalysisTemplate& each : specification.templates)
        for (const MetricSpec& metric : each.metrics)
            if (drivers.source == nullptr && metric.provider.kind != MetricProvider::Kind::judge)
                return fail(Errc::invalid_argument,
                            "templates: '{}' measures '{}', and nothing here is set up to", each.name,
                            metric.name);
    return {};
}

}  // namespace

core::Result<Rollout> RolloutEngine::start(const StartRequest& request, const RolloutAuthor& author) {
    const std::string key = scoped(author, "start", {});
    {
        const std::lock_guard lock(mutex_);
        if (auto before = repeated(key)) return *before;
    }
    const bool overriding = request.override_freeze || author.override_freeze;
    if (auto ok = may_override(overriding, request.reason); !ok) return Failure(ok.error());
    const auto frozen = freeze_now();
    if (frozen && !overriding)
        return fail(Errc::conflict, "{}; start with override to do it nevertheless", *frozen);
    Lane* lane = lane_of(request.specification);
    if (lane == nullptr)
        return fail(Errc::invalid_argument, "driver: there is none named '{}'", request.specification.driver);
    if (auto ok = can_do(request.specification, lane->drivers); !ok) return Failure(ok.error());
    const auto running = lane->drivers.runner->list();
    if (!running) return core::fail_with_context("asking what runs", running.error());
    auto beginning = look_at_stable(*running);
    if (!beginning) return Failure(beginning.error());
    const std::string& label = request.specification.target.label;
    if (beginning->former_version == label)
        return fail(Errc::conflict, "{} is the stable version already", label);
    beginning->specification = request.specification;
    if (auto ok = can_route(*beginning, *lane->drivers.router); !ok) return Failure(ok.error());

    News news;
    std::optional<Rollout> result;
    {
        const std::lock_guard lock(mutex_);
        follow_clock(news);
        if (auto before = repeated(key)) return *before;
        if (const TrackedRollout* other = lane->latest; other != nullptr && !is_finished(other->progress))
            return fail(Errc::conflict, "rollout {} of {} is under way on {}", other->id.value,
                        other->specification().target.label, lane->name);
        auto tracked = std::make_unique<TrackedRollout>();
        tracked->id = RolloutId(fmt::format("RO-{}", last_number_ + 1));
        tracked->instances = *running;
        tracked->driver = lane->name;
        tracked->observed_at = parts_.clock.now();
        AuditRow row;
        row.event.kind = AuditKind::start;
        row.event.actor = author.actor;
        row.event.reason = told_reason(request.reason, frozen);
        row.event.instances = beginning->stable_instances;
        row.overrode = frozen.value_or("");
        row.idempotency_key = key;
        row.beginning = std::move(*beginning);
        if (auto ok = commit(*tracked, std::move(row), news); !ok) return Failure(ok.error());
        ++last_number_;
        result = view_of(*tracked);
        lane->instances_tried_at.reset();
        adopt(std::move(tracked), *lane);
    }
    tell(news);
    // The instances take seconds: they are started at once rather than at the next tick.
    if (!stopping_) parts_.executor.post([this, lane] { arrange(*lane); });
    return *result;
}

core::Result<Rollout> RolloutEngine::act(const RolloutId& id, Action action, const std::string& reason,
                                         const RolloutAuthor& author) {
    const std::string key = scoped(author, to_string(action), id.value);
    if (auto ok = may_override(author.override_freeze, reason); !ok) return Failure(ok.error());
    const auto frozen = goes_up(action) ? freeze_now() : std::nullopt;
    Lane* lane = nullptr;
    News news;
    {
        const std::lock_guard lock(mutex_);
        follow_clock(news);
        if (auto before = repeated(key)) return *before;
        TrackedRollout* rollout = find(id);
        if (rollout == nullptr) return fail(Errc::not_found, "there is no rollout {}", id.value);
        if (author.expected_version && *author.expected_version != rollout->progress.version)
            return fail(Errc::precondition_failed, "{} is at version {}, not {}: another hand was first",
                        id.value, rollout->progress.version, *author.expected_version);
        lane = lane_of(rollout->specification());
        if (action == Action::undo && rollout != lane->latest)
            return fail(Errc::conflict, "a later rollout has begun since: only the latest can be undone");
        if (frozen && !author.override_freeze)
            return fail(Errc::conflict, "{}; {} with override and a reason to do it nevertheless", *frozen,
                        to_string(action));
        AuditRow row;
        row.event.kind = AuditKind::action;
        row.event.action = action;
        row.event.actor = author.actor;
        row.event.reason = told_reason(reason, frozen);
        row.overrode = frozen.value_or("");
        row.idempotency_key = key;
        const auto began = parts_.clock.steady_now();
        if (auto ok = commit(*rollout, std::move(row), news); !ok) return Failure(ok.error());
        if (action == Action::abort) rollout->abort_began = began;
        lane->instances_tried_at.reset();
    }
    apply_split(*lane, news);
    tell(news);
    return get(id);
}

core::Result<ActionPreview> RolloutEngine::preview(const RolloutId& id, Action action) const {
    ActionPreview preview;
    preview.action = to_string(action);
    if (goes_up(action)) preview.frozen = freeze_now();
    TrafficRouter* router = nullptr;
    traffic::TrafficPlan before, after;
    {
        const std::lock_guard lock(mutex_);
        const TrackedRollout* rollout = find(id);
        if (rollout == nullptr) return fail(Errc::not_found, "there is no rollout {}", id.value);
        preview.version = rollout->progress.version;
        preview.refusal = refusal(rollout->progress, rollout->specification(), action);
        if (!preview.refusal && action == Action::undo &&
            lane_of(rollout->specification())->latest != rollout)
            preview.refusal = "a later rollout has begun since: only the latest can be undone";
        if (preview.refusal) return preview;
        AuditEvent event;
        event.seq = preview.version + 1;
        event.kind = AuditKind::action;
        event.at = parts_.clock.now();
        event.action = action;
        const auto then = follow(rollout->progress, rollout->specification(), event);
        if (!then) return Failure(then.error());
        preview.effects = effects_of(action, rollout->progress, *then, rollout->beginning);
        before = rollout->plan;
        after = desired(*then, rollout->specification(), rollout->beginning).traffic;
        after.rollout = id.value;
        router = lane_of(rollout->specification())->drivers.router;
    }
    if (after == before) return preview;
    auto requests = router->preview(after);
    if (!requests) return Failure(requests.error());
    preview.requests = std::move(*requests);
    return preview;
}

}  // namespace qd::rollouts
