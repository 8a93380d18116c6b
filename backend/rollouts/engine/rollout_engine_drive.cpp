// The engine's part that ticks: what is compared, judged and put right each second.

#include <algorithm>

#include "rollouts/engine/rollout_engine.hpp"

namespace qd::rollouts {
namespace {

using std::chrono::milliseconds;

constexpr int max_orders = 32;
constexpr std::chrono::seconds trouble_rows_apart{10};
constexpr std::size_t max_machine_rows = 5'000;

}  // namespace

void RolloutEngine::run() {
    parts_.executor.post([this] { schedule(); });
}

void RolloutEngine::schedule() {
    if (stopping_) return;
    tick();
    parts_.executor.post_after(options_.tick, [this] { schedule(); });
}

void RolloutEngine::tick() {
    if (stopping_ || ticking_.exchange(true)) return;
    News news;
    read_split(news);
    apply_split(news);
    judge_now(news);
    apply_split(news);  // what a step or the analysis has just changed
    {
        const std::lock_guard lock(mutex_);
        const core::WallTime now = parts_.clock.now();
        TrackedRollout* rollout = latest();
        if (rollout != nullptr && news.empty() && !is_finished(rollout->canary))
            news.push_back({rollout->view(now), std::nullopt, {}});
        if (rollout != nullptr &&
            (!instances_tried_at_ || now - *instances_tried_at_ >= options_.retry_instances_after))
            parts_.executor.post([this] { put_instances_right(); });
    }
    tell(news);
    ticking_ = false;
}

void RolloutEngine::say_trouble(TrackedRollout& rollout, const std::string& trouble, News& news) {
    if (rollout.trouble == trouble) return;
    rollout.trouble = trouble;
    if (trouble.empty() || rollout.audit.size() >= max_machine_rows) return;
    const core::WallTime now = parts_.clock.now();
    if (rollout.trouble_at && now - *rollout.trouble_at < trouble_rows_apart) return;
    rollout.trouble_at = now;
    if (auto ok = record(rollout, AuditKind::note, "trouble: " + trouble, news); !ok)
        parts_.messages.error("the rollouts' audit cannot be written", {{"reason", ok.error().message}});
}

void RolloutEngine::read_split(News& news) {
    {
        const std::lock_guard lock(mutex_);
        const core::WallTime now = parts_.clock.now();
        if (latest() == nullptr || (split_read_at_ && now - *split_read_at_ < options_.read_split_every))
            return;
        split_read_at_ = now;
    }
    const auto reading = parts_.splitter.read();
    const std::lock_guard lock(mutex_);
    TrackedRollout& rollout = *latest();
    if (!reading) {
        // Nobody knows what it does: it is told again as soon as it answers.
        rollout.split_confirmed = false;
        if (!is_finished(rollout.canary)) say_trouble(rollout, reading.error().message, news);
        return;
    }
    const bool applied = reading->canary_weight == rollout.canary.weight &&
                         (reading->rollout == rollout.id.value || rollout.canary.weight == 0);
    if (!applied)
        rollout.split_confirmed = false;
    else if (!rollout.split_confirmed)
        confirm_split(rollout, news);
}

void RolloutEngine::confirm_split(TrackedRollout& rollout, News& news) {
    rollout.split_confirmed = true;
    say_trouble(rollout, {}, news);
    if (rollout.canary.weight != 0) return;
    if (!rollout.zero_since) rollout.zero_since = parts_.clock.now();
    if (!rollout.abort_began) return;
    AuditRow row;
    row.event.kind = AuditKind::note;
    row.event.actor = "engine";
    row.time_to_zero = std::chrono::duration_cast<milliseconds>(parts_.clock.steady_now() -
                                                                *std::exchange(rollout.abort_began, {}));
    row.event.reason = fmt::format("the gateway confirmed 0 % for the canary {} ms after the abort",
                                   row.time_to_zero->count());
    if (auto ok = commit(rollout, std::move(row), news); !ok)
        parts_.messages.error("the rollouts' audit cannot be written", {{"reason", ok.error().message}});
}

void RolloutEngine::apply_split(News& news) {
    const std::lock_guard split_lock(split_mutex_);
    for (int attempt = 0; attempt < 3; ++attempt) {  // an action may come in between
        RolloutId id;
        unsigned weight = 0;
        {
            const std::lock_guard lock(mutex_);
            const TrackedRollout* rollout = latest();
            if (rollout == nullptr || rollout->split_confirmed) return;
            id = rollout->id;
            weight = rollout->canary.weight;
            // After a restart of everything the canary may not be there yet: nobody is sent to nothing. Once
            // it has served, its failures are its own and are not hidden.
            if (weight > 0 && !rollout->canary_seen) return;
        }
        const auto ok = parts_.splitter.set_weight(id.value, weight);
        const std::lock_guard lock(mutex_);
        TrackedRollout& rollout = *latest();
        if (!ok) {
            say_trouble(rollout, ok.error().message, news);
            return;
        }
        if (rollout.id == id && rollout.canary.weight == weight) return confirm_split(rollout, news);
    }
}

void RolloutEngine::judge_now(News& news) {
    Analysis analysis;
    RolloutId id;
    std::optional<core::WallTime> traffic_since, weight_since;
    const core::WallTime now = parts_.clock.now();
    {
        const std::lock_guard lock(mutex_);
        const TrackedRollout* rollout = latest();
        if (rollout == nullptr || is_finished(rollout->canary)) return;
        id = rollout->id;
        analysis = rollout->specification().analysis;
        traffic_since = rollout->traffic_since;
        if (rollout->split_confirmed) weight_since = rollout->weight_since;
    }
    std::optional<ArmWindow> counts, observed;
    if (traffic_since)
        counts =
            parts_.metrics.counts(now, std::clamp(now - *traffic_since, milliseconds(1'000), analysis.window),
                                  analysis.latency_threshold_s);
    if (weight_since)
        observed = parts_.metrics.counts(
            now, std::clamp(now - *weight_since, milliseconds(1'000), options_.observe_over),
            analysis.latency_threshold_s);
    const std::lock_guard lock(mutex_);
    TrackedRollout* rollout = latest();
    if (rollout == nullptr || rollout->id != id) return;
    rollout->observed = observed;
    if (counts && rollout->canary.course == Course::stepping) {
        rollout->judged = counts;
        take_verdict(*rollout, judge(counts->stable, counts->canary, analysis, now), news);
    }
    take_steps(*rollout, news);
}

void RolloutEngine::take_verdict(TrackedRollout& rollout, Verdict verdict, News& news) {
    const bool changed = rollout.last_verdict_outcome != verdict.outcome;
    rollout.failures = verdict.outcome == Outcome::fail ? rollout.failures + 1 : 0;
    rollout.verdict = verdict;
    const core::WallTime now = parts_.clock.now();
    const bool due =
        !rollout.last_verdict_at || now - *rollout.last_verdict_at >= options_.verdict_rows_apart;
    if (changed && (due || verdict.outcome == Outcome::fail) && rollout.audit.size() < max_machine_rows) {
        AuditRow row;
        row.event.kind = AuditKind::verdict;
        row.event.actor = "engine";
        row.event.reason = fmt::format("{}: {}", to_string(verdict.outcome), verdict.explanation);
        row.verdict = std::move(verdict);
        if (auto ok = commit(rollout, std::move(row), news); !ok)
            parts_.messages.error("the rollouts' audit cannot be written", {{"reason", ok.error().message}});
    } else if (verdict.outcome != Outcome::fail) {
        rollout.failure_handled = false;
    }
    act_on_failure(rollout, news);
}

void RolloutEngine::act_on_failure(TrackedRollout& rollout, News& news) {
    const Analysis& analysis = rollout.specification().analysis;
    const Canary& canary = rollout.canary;
    const bool judging =
        analysis.background || (canary.step < rollout.specification().steps.size() &&
                                rollout.specification().steps[canary.step].kind == StepKind::analysis);
    if (rollout.failures <= analysis.failure_limit || rollout.failure_handled || !judging || canary.held)
        return;
    rollout.failure_handled = true;
    if (analysis.on_failure == Trust::advise) return;  // the verdict's row has said it
    AuditRow row;
    row.event.kind = AuditKind::action;
    row.event.action = analysis.on_failure == Trust::abort ? Action::abort : Action::pause;
    row.event.actor = "engine";
    row.event.reason = "the analysis failed: " + rollout.verdict->explanation;
    const bool aborting = row.event.action == Action::abort;
    const auto began = parts_.clock.steady_now();
    if (auto ok = commit(rollout, std::move(row), news); !ok) {
        parts_.messages.error("a failed analysis could not act", {{"reason", ok.error().message}});
        rollout.failure_handled = false;
    } else if (aborting) {
        rollout.abort_began = began;
    }
}

void RolloutEngine::take_steps(TrackedRollout& rollout, News& news) {
    const Specification& specification = rollout.specification();
    const core::WallTime now = parts_.clock.now();
    for (std::size_t i = 0; i <= specification.steps.size(); ++i) {
        const Canary& canary = rollout.canary;
        if (canary.course == Course::ramping_down) {
            if (!rollout.split_confirmed || now - canary.course_since < ramp_stage_duration) return;
            AuditRow row;
            row.event.kind = AuditKind::ramped;
            row.event.actor = "engine";
            row.event.weight = ramp_stage_below(specification, canary.weight);
            if (!commit(rollout, std::move(row), news)) return;
            continue;
        }
        if (canary.course != Course::stepping || !canary.ready || canary.held) return;
        const Step& step = specification.steps[canary.step];
        const auto left = remaining(canary, specification, now);
        const bool in_time = left && left->count() == 0;
        const bool done = step.kind == StepKind::set_weight ? rollout.split_confirmed
                          : step.kind == StepKind::pause    ? in_time
                                                         : (!step.duration || in_time) && rollout.verdict &&
                                                               rollout.verdict->outcome == Outcome::pass &&
                                                               rollout.verdict->as_of >= canary.step_since;
        if (!done || !record(rollout, AuditKind::step_done, {}, news)) return;
    }
}

void RolloutEngine::put_instances_right() {
    if (stopping_ || instances_busy_.exchange(true)) return;
    News news;
    for (int i = 0; i < max_orders && !stopping_; ++i) {
        const auto running = parts_.runner.list();
        std::optional<InstanceOrder> order;
        {
            const std::lock_guard lock(mutex_);
            const core::WallTime now = parts_.clock.now();
            TrackedRollout* rollout = latest();
            if (rollout == nullptr) break;
            if (!running) {
                if (!is_finished(rollout->canary)) say_trouble(*rollout, running.error().message, news);
                instances_tried_at_ = now;
                break;
            }
            rollout->instances = *running;
            for (const RunningInstance& each : *running)
                if (each.ready && each.arm == "canary" &&
                    each.version == rollout->specification().target.label)
                    rollout->canary_seen = true;
            const bool drained = rollout->zero_since && now - *rollout->zero_since >= options_.drain;
            const WantedInstances wanted = rollout->wanted_instances(drained);
            const Canary& canary = rollout->canary;
            if (wanted.canary && canary.course == Course::stepping && !canary.ready &&
                serves(*wanted.canary, "canary", *running)) {
                say_trouble(*rollout, {}, news);
                if (!record(*rollout, AuditKind::ready, {}, news)) break;
            }
            order = next_order(wanted, *running);
            if (!order) {
                const bool stable_done = wanted.stable && serves(*wanted.stable, "stable", *running);
                if (stable_done && (canary.course == Course::promoting || canary.course == Course::undoing))
                    (void)record(*rollout, AuditKind::completed, {}, news);
                else
                    rollout->settled = is_finished(canary) && drained;
                break;
            }
        }
        core::Result<> ok;
        if (order->start)
            ok = parts_.runner.start(order->arm, order->version.version, order->version.count,
                                     order->version.faults_json);
        else
            ok = parts_.runner.stop(order->instance);
        const std::lock_guard lock(mutex_);
        if (ok) continue;
        say_trouble(*latest(), fmt::format("{}: {}", order->text(), ok.error().message), news);
        instances_tried_at_ = parts_.clock.now();
        break;
    }
    apply_split(news);
    tell(news);
    instances_busy_ = false;
}

}  // namespace qd::rollouts
