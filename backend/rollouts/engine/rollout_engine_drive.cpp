// The engine's part that ticks: what is looked at and told each second, and how the steps are taken.

#include <algorithm>

#include "rollouts/engine/rollout_engine.hpp"
#include "rollouts/steps.hpp"

namespace qd::rollouts {
namespace {

constexpr std::chrono::seconds trouble_rows_apart{10};
constexpr std::size_t max_machine_rows = 5'000;

bool has_time_running(const TrackedRollout& rollout, core::WallTime now) {
    const auto left = remaining(rollout.progress, rollout.specification(), now);
    return left && left->count() > 0 && !rollout.progress.held;
}

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
    if (stopping_) return;
    const auto frozen = freeze_now();
    News news;
    std::vector<Lane*> busy;
    {
        const std::lock_guard lock(mutex_);
        follow_clock(news);
        const bool thawed = std::exchange(frozen_, frozen) != frozen;
        for (const auto& [name, lane] : lanes_) {
            if (lane->latest == nullptr) continue;
            if (thawed) lane->latest->stirred = true;
            busy.push_back(lane.get());
        }
    }
    tell(news);
    // Each on its own: a router that answers late keeps nobody else waiting.
    for (Lane* lane : busy) parts_.executor.post([this, lane] { look(*lane); });
}

void RolloutEngine::look(Lane& lane) {
    if (stopping_ || lane.looking.exchange(true)) return;
    News news;
    read_split(lane, news);
    apply_split(lane, news);
    judge_now(lane, news);
    apply_split(lane, news);  // what a step or the analysis has just changed
    bool arranging = false, measuring = false;
    {
        const std::lock_guard lock(mutex_);
        TrackedRollout& rollout = *lane.latest;
        const core::SteadyTime now = parts_.clock.steady_now();
        const core::WallTime wall = parts_.clock.now();
        const bool countdown =
            (!rollout.told_at || now - *rollout.told_at >= options_.countdown_told_every) &&
            has_time_running(rollout, wall);
        if (hooks_.on_change && (rollout.stirred || countdown)) {
            news.push_back({view_of(rollout), std::nullopt, {}});
            rollout.told_at = now;
        }
        rollout.stirred = false;
        measuring = wants_measuring(rollout);
        arranging = !rollout.settled && (!lane.instances_tried_at ||
                                         now - *lane.instances_tried_at >= options_.retry_instances_after);
    }
    tell(news);
    lane.looking = false;
    if (arranging) parts_.executor.post([this, &lane] { arrange(lane); });
    if (measuring) parts_.executor.post([this, &lane] { measure(lane); });
}

void RolloutEngine::say_trouble(TrackedRollout& rollout, const std::string& trouble, News& news) {
    if (rollout.trouble == trouble) return;
    rollout.trouble = trouble;
    rollout.stirred = true;
    if (trouble.empty() || rollout.audit.size() >= max_machine_rows) return;
    const core::WallTime now = parts_.clock.now();
    if (rollout.trouble_at && now - *rollout.trouble_at < trouble_rows_apart) return;
    rollout.trouble_at = now;
    if (auto ok = record(rollout, AuditKind::note, "trouble: " + trouble, news); !ok)
        parts_.messages.error("the rollouts' audit cannot be written", {{"reason", ok.error().message}});
}

void RolloutEngine::judge_now(Lane& lane, News& news) {
    Analysis analysis;
    std::optional<core::WallTime> traffic_since, weight_since;
    std::vector<Evidence::Span> spans;
    TrackedRollout* rollout = nullptr;
    const core::WallTime now = parts_.clock.now();
    {
        const std::lock_guard lock(mutex_);
        rollout = lane.latest;
        if (is_finished(rollout->progress)) return;
        analysis = rollout->specification().analysis;
        traffic_since = rollout->traffic_since;
        if (rollout->progress.course == Course::stepping) spans = rollout->evidence.wanted(now);
        if (rollout->split_confirmed) weight_since = rollout->weight_since;
    }
    using std::chrono::milliseconds;
    ArmMetrics& metrics = *lane.drivers.metrics;
    std::optional<ArmWindow> counts, observed;
    if (traffic_since)
        counts = metrics.counts(now, std::clamp(now - *traffic_since, milliseconds(1'000), analysis.window),
                                analysis.latency_threshold_s);
    if (weight_since)
        observed =
            metrics.counts(now, std::clamp(now - *weight_since, milliseconds(1'000), options_.observe_over),
                           analysis.latency_threshold_s);
    std::vector<std::optional<ArmWindow>> counted;
    for (const auto& [from, to] : spans)
        counted.push_back(to > from ? metrics.counts(to, to - from, analysis.latency_threshold_s)
                                    : std::nullopt);
    const std::lock_guard lock(mutex_);
    if (lane.latest != rollout) return;
    for (std::size_t i = 0; i < spans.size(); ++i) rollout->evidence.take(spans[i], counted[i], now);
    if (rollout->observed != observed) rollout->stirred = true;
    rollout->observed = observed;
    if (counts && rollout->progress.course == Course::stepping) {
        if (rollout->judged != counts) rollout->stirred = true;
        rollout->judged = counts;
        if (const auto strata = rollout->evidence.strata(); !strata.empty()) {
            Verdict verdict = judge(strata, analysis, now);
            verdict.window_s = rollout->evidence.covered_s();
            take_verdict(*rollout, std::move(verdict), news);
        }
    }
    take_steps(*rollout, news);
    watch_deadline(*rollout, news);
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
    const Progress& progress = rollout.progress;
    const bool judging = analysis.background || (progress.step < rollout.specification().steps.size() &&
                                                 needs_verdict(rollout.specification().steps[progress.step]));
    if (rollout.failures <= analysis.failure_limit || rollout.failure_handled || !judging || progress.held)
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

bool RolloutEngine::step_is_done(const TrackedRollout& rollout, const Step& step, core::WallTime now) const {
    const Progress& progress = rollout.progress;
    const auto left = remaining(progress, rollout.specification(), now);
    if (left && left->count() > 0) return false;
    switch (step.kind) {
        case StepKind::set_weight:
        case StepKind::set_header_route:
        case StepKind::set_mirror_route:
            return true;  // the router has been read to do it
        case StepKind::set_canary_scale: {
            const auto wanted = rollout.wanted_instances(true).canary;
            const auto have = std::ranges::count_if(rollout.instances, [&](const RunningInstance& each) {
                return each.arm == "canary" && each.version == wanted->version && each.ready;
            });
            return wanted && have == std::ptrdiff_t(wanted->count);
        }
        case StepKind::pause:
            return left.has_value();
        case StepKind::analysis:
        case StepKind::experiment: {
            if (is_gate(step)) return false;
            const bool told = rollout.specification().analysis.on_failure == Trust::advise &&
                              progress.step_run == RunPhase::failed;
            if (has_run(step) && progress.step_run != RunPhase::successful && !told) return false;
            if (step.kind == StepKind::experiment && !progress.step_ready) return false;
            return !needs_verdict(step) || (rollout.verdict && rollout.verdict->outcome == Outcome::pass &&
                                            rollout.verdict->as_of >= progress.step_since);
        }
    }
    return false;
}

bool RolloutEngine::waits_for_thaw(const TrackedRollout& rollout) const {
    if (!frozen_ || *frozen_ == rollout.overrode) return false;
    AuditEvent done;
    done.seq = rollout.progress.version + 1;
    done.kind = AuditKind::step_done;
    done.at = parts_.clock.now();
    const auto after = follow(rollout.progress, rollout.specification(), done);
    return after && after->weight > rollout.progress.weight;
}

void RolloutEngine::take_steps(TrackedRollout& rollout, News& news) {
    const Specification& specification = rollout.specification();
    const Steps steps(specification);
    const core::WallTime now = parts_.clock.now();
    for (std::size_t i = 0; i <= steps.size(); ++i) {
        const Progress& progress = rollout.progress;
        if (!rollout.split_confirmed) return;  // nothing is done before it has been observed
        if (progress.course == Course::ramping_down) {
            if (now - progress.course_since < ramp_stage_duration) return;
            AuditRow row;
            row.event.kind = AuditKind::ramped;
            row.event.actor = "engine";
            row.event.weight = ramp_stage_below(specification, progress.weight);
            if (!commit(rollout, std::move(row), news)) return;
            continue;
        }
        if (progress.course != Course::stepping || !progress.ready || progress.held) return;
        const Step* step = steps.at(progress.step);
        if (step == nullptr || !step_is_done(rollout, *step, now)) return;
        if (waits_for_thaw(rollout) || !record(rollout, AuditKind::step_done, {}, news)) return;
    }
}

void RolloutEngine::watch_deadline(TrackedRollout& rollout, News& news) {
    const Progress& progress = rollout.progress;
    if (rollout.specification().strategy != Strategy::rolling || progress.course != Course::stepping ||
        !progress.ready || progress.held)
        return;
    const core::SteadyTime now = parts_.clock.steady_now();
    if (!rollout.progressed_at) rollout.progressed_at = now;
    const auto deadline = rollout.specification().rolling.progress_deadline;
    if (now - *rollout.progressed_at < deadline) return;
    AuditRow row;
    row.event.kind = AuditKind::action;
    row.event.action = Action::pause;
    row.event.actor = "engine";
    row.event.reason = fmt::format("no progress for {} s{}", deadline.count() / 1000,
                                   rollout.trouble.empty() ? "" : ": " + rollout.trouble);
    if (auto ok = commit(rollout, std::move(row), news); !ok)
        parts_.messages.error("the rollouts' audit cannot be written", {{"reason", ok.error().message}});
}

}  // namespace qd::rollouts
