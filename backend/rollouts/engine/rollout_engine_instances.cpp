// The engine's part that starts and stops instances, and notes what it sees of them.

#include <algorithm>

#include "rollouts/engine/rollout_engine.hpp"
#include "rollouts/steps.hpp"

namespace qd::rollouts {
namespace {

constexpr int max_orders = 32;

core::Result<> carry_out(const InstanceOrder& order, VersionRunner& runner) {
    if (!order.start) return runner.stop(order.instance);
    const WantedVersion& version = order.version;
    return runner.start(
        {order.arm, version.version, version.count, version.faults_json, version.program, version.flags});
}

bool is_experiment(const Specification& specification, std::size_t step) {
    return specification.strategy == Strategy::canary && step < specification.steps.size() &&
           specification.steps[step].kind == StepKind::experiment;
}

}  // namespace

void RolloutEngine::see_instances(TrackedRollout& rollout, const std::vector<RunningInstance>& running,
                                  News& news) {
    if (rollout.instances != running) rollout.stirred = true;
    rollout.instances = running;
    for (const RunningInstance& each : running)
        if (each.ready && each.arm == "canary" && each.version == rollout.specification().target.label)
            rollout.canary_seen = true;
    const Progress& progress = rollout.progress;
    if (progress.course != Course::stepping) return count_replaced(rollout, news);
    const bool rolling = rollout.specification().strategy == Strategy::rolling;
    const WantedInstances wanted = rollout.wanted_instances(false);
    const bool canary_serves = wanted.canary && serves(*wanted.canary, "canary", running);
    if (!progress.ready && (rolling || canary_serves)) {
        say_trouble(rollout, {}, news);
        if (approvals_missing(progress, rollout.specification()) == 0)
            (void)record(rollout, AuditKind::ready, {}, news);
    } else if (progress.ready && !progress.step_ready && canary_serves &&
               is_experiment(rollout.specification(), progress.step) &&
               (!wanted.baseline || serves(*wanted.baseline, "baseline", running))) {
        (void)record(rollout, AuditKind::step_ready, {}, news);
    }
    count_replaced(rollout, news);
}

void RolloutEngine::count_replaced(TrackedRollout& rollout, News& news) {
    const Specification& specification = rollout.specification();
    if (specification.strategy != Strategy::rolling || is_finished(rollout.progress)) return;
    const core::SteadyTime now = parts_.clock.steady_now();
    std::map<std::string, core::SteadyTime> since;
    for (const RunningInstance& each : rollout.instances) {
        if (each.arm != "stable" || !each.ready) continue;
        const auto known = rollout.ready_since.find(each.instance);
        since.emplace(each.instance, known == rollout.ready_since.end() ? now : known->second);
    }
    rollout.ready_since = std::move(since);
    const bool back = rollout.progress.course == Course::undoing;
    const std::string& version = back ? rollout.beginning.former_version : specification.target.label;
    const auto settled = unsigned(std::ranges::count_if(rollout.instances, [&](const RunningInstance& each) {
        const auto known = rollout.ready_since.find(each.instance);
        return each.arm == "stable" && each.version == version && known != rollout.ready_since.end() &&
               now - known->second >= specification.rolling.min_ready;
    }));
    const auto counted = [&] {
        return back ? rollout.progress.instances - rollout.progress.replaced : rollout.progress.replaced;
    };
    while (counted() < std::min(settled, rollout.progress.instances)) {
        AuditRow row;
        row.event.kind = AuditKind::replaced;
        row.event.actor = "engine";
        row.event.instances = back ? rollout.progress.replaced - 1 : rollout.progress.replaced + 1;
        if (!commit(rollout, std::move(row), news)) return;
    }
}

void RolloutEngine::complete(TrackedRollout& rollout, const WantedInstances& wanted, News& news) {
    const Progress& progress = rollout.progress;
    if (!wanted.stable || !serves(*wanted.stable, "stable", rollout.instances)) return;
    const bool rolled =
        wanted.batches && (progress.course == Course::undoing ? progress.replaced == 0
                                                              : progress.replaced == progress.instances);
    if (rolled ||
        (!wanted.batches && (progress.course == Course::promoting || progress.course == Course::undoing)))
        (void)record(rollout, AuditKind::completed, {}, news);
}

void RolloutEngine::arrange(Lane& lane) {
    if (stopping_ || lane.arranging.exchange(true)) return;
    News news;
    VersionRunner& runner = *lane.drivers.runner;
    for (int i = 0; i < max_orders && !stopping_; ++i) {
        const auto running = runner.list();
        std::optional<InstanceOrder> order;
        {
            const std::lock_guard lock(mutex_);
            TrackedRollout& rollout = *lane.latest;
            if (!running) {
                if (!is_finished(rollout.progress)) say_trouble(rollout, running.error().message, news);
                lane.instances_tried_at = parts_.clock.steady_now();
                break;
            }
            see_instances(rollout, *running, news);
            const bool drained = rollout.drained(parts_.clock.now(), options_.drain);
            const WantedInstances wanted = rollout.wanted_instances(drained);
            order = next_order(wanted, *running);
            if (!order) {
                complete(rollout, wanted, news);
                rollout.settled = is_finished(rollout.progress) && drained && rollout.split_confirmed;
                break;
            }
        }
        const auto ok = carry_out(*order, runner);
        const std::lock_guard lock(mutex_);
        if (ok) continue;
        say_trouble(*lane.latest, fmt::format("{}: {}", order->text(), ok.error().message), news);
        lane.instances_tried_at = parts_.clock.steady_now();
        break;
    }
    apply_split(lane, news);
    tell(news);
    lane.arranging = false;
}

}  // namespace qd::rollouts
