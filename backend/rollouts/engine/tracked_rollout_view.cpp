#include <algorithm>

#include "rollouts/engine/tracked_rollout.hpp"
#include "rollouts/steps.hpp"

namespace qd::rollouts {
namespace {

constexpr std::size_t shown_audit = 200;

std::optional<double> ratio(std::uint64_t part, std::uint64_t whole) {
    if (whole == 0) return std::nullopt;
    return double(part) / double(whole);
}

ArmReading reading(const TrackedRollout& rollout, const std::string& arm, const std::string& version,
                   const ArmCounts& counts, std::uint64_t all) {
    ArmReading result;
    result.version = version;
    for (const RunningInstance& each : rollout.instances)
        if (each.arm == arm) result.instances.push_back(each.instance);
    result.counts = counts;
    result.share = ratio(counts.requests, all);
    result.error_ratio = ratio(counts.errors, counts.requests);
    result.slow_ratio = ratio(counts.slow, counts.timed);
    return result;
}

std::string place(const Progress& progress, const Steps& steps) {
    return fmt::format("step {} of {}", std::min(progress.step + 1, steps.size()), steps.size());
}

std::string to_go(std::chrono::milliseconds left) {
    return fmt::format("{} s to go", (left.count() + 999) / 1000);
}

std::string rolling_message(const TrackedRollout& rollout) {
    const Progress& progress = rollout.progress;
    return fmt::format("{} of {} instance(s) are {}", progress.replaced, progress.instances,
                       rollout.specification().target.label);
}

std::string run_message(const TrackedRollout& rollout, const Step& step) {
    const std::string name = rollout.run_name(run_purpose(rollout.specification(), rollout.progress.step));
    const auto run = std::ranges::find(rollout.runs, name, &AnalysisRun::name);
    if (run == rollout.runs.end()) return fmt::format("{}: about to begin", to_string(step.kind));
    const auto ended = std::ranges::count_if(run->metrics, is_over, &MetricRun::phase);
    return fmt::format("{}: {} of {} metric(s) are through", to_string(step.kind), ended,
                       run->metrics.size());
}

std::string analysis_message(const TrackedRollout& rollout, const Step& step, core::WallTime now) {
    if (const auto left = remaining(rollout.progress, rollout.specification(), now);
        left && left->count() > 0)
        return fmt::format("{}: {}", to_string(step.kind), to_go(*left));
    if (has_run(step)) return run_message(rollout, step);
    return rollout.verdict ? fmt::format("{}: {}", to_string(step.kind), to_string(rollout.verdict->outcome))
                           : fmt::format("{}: no counts yet", to_string(step.kind));
}

std::string step_message(const TrackedRollout& rollout, const Steps& steps, core::WallTime now) {
    const Step& step = steps[std::min(rollout.progress.step, steps.size() - 1)];
    const auto left = remaining(rollout.progress, rollout.specification(), now);
    switch (step.kind) {
        case StepKind::set_weight:
            return fmt::format("giving the canary {} % of the sessions", step.weight);
        case StepKind::pause:
            if (!left) return "pause until resumed";
            if (rollout.specification().strategy == Strategy::blue_green && rollout.progress.weight == 100)
                return fmt::format("{} serves everybody; {} still runs, so that undo is instant: {}",
                                   rollout.specification().target.label, rollout.beginning.former_version,
                                   to_go(*left));
            return "pause: " + to_go(*left);
        case StepKind::analysis:
            return analysis_message(rollout, step, now);
        case StepKind::experiment:
            if (!rollout.progress.step_ready) return "experiment: its instances are starting";
            if (is_gate(step)) return "experiment until somebody goes on";
            return analysis_message(rollout, step, now);
        default:
            return rollouts::describe(step);
    }
}

std::string stepping_message(const TrackedRollout& rollout, core::WallTime now) {
    const Progress& progress = rollout.progress;
    const Specification& specification = rollout.specification();
    if (progress.held)
        return progress.hold_reason.empty() ? "paused until resumed"
                                            : "paused until resumed: " + progress.hold_reason;
    if (const unsigned missing = approvals_missing(progress, specification); missing > 0)
        return fmt::format("waiting for {} approval(s) of other people", missing);
    if (specification.strategy == Strategy::rolling) return rolling_message(rollout);
    if (!progress.ready)
        return fmt::format("starting {} instance(s) of {}",
                           rollout.wanted_instances(false).canary.value_or(WantedVersion{}).count,
                           specification.target.label);
    return step_message(rollout, Steps(specification), now);
}

void observe(Rollout& view, const TrackedRollout& rollout) {
    const RouterCounts counts = rollout.counts.value_or(RouterCounts{});
    std::uint64_t canary = 0, all = 0;
    if (counts.canary_sessions && counts.stable_sessions) {
        view.canary_sessions = counts.canary_sessions;
        view.all_sessions =
            *counts.canary_sessions + *counts.stable_sessions + counts.baseline_sessions.value_or(0);
    }
    // By session what is drawn is a session: its requests are not independent of one another.
    if (rollout.plan.mode == traffic::SplitMode::session && view.all_sessions.value_or(0) > 0) {
        canary = *view.canary_sessions;
        all = *view.all_sessions;
    } else if (counts.canary_requests && counts.stable_requests) {
        canary = *counts.canary_requests;
        all = canary + *counts.stable_requests + counts.baseline_requests.value_or(0);
    }
    if (all == 0 && rollout.observed) {
        canary = rollout.observed->canary.requests;
        all = canary + rollout.observed->stable.requests +
              (rollout.observed->baseline ? rollout.observed->baseline->requests : 0);
    }
    if (rollout.observed) view.observed_over_s = rollout.observed->covered_s;
    if (all == 0) return;
    view.weight_observed = double(canary) / double(all) * 100;
    const Interval interval = wilson(canary, all, 0.99);
    view.observed_low = interval.low * 100;
    view.observed_high = interval.high * 100;
}

}  // namespace

std::string TrackedRollout::message(core::WallTime now) const {
    std::string text;
    switch (progress.course) {
        case Course::stepping:
            text = stepping_message(*this, now);
            break;
        case Course::promoting:
            text = fmt::format("making {} the stable version", specification().target.label);
            break;
        case Course::ramping_down:
            text = fmt::format("ramping down: {} % now", progress.weight);
            break;
        case Course::aborted:
            text = fmt::format("aborted: {} serves everybody", stable_version);
            break;
        case Course::promoted:
            text = fmt::format("{} is the stable version", stable_version);
            break;
        case Course::undoing:
            text = fmt::format("making {} stable again", beginning.former_version);
            break;
        case Course::undone:
            text = fmt::format("undone: {} is the stable version", stable_version);
            break;
    }
    if (!trouble.empty()) text += ". Trouble: " + trouble;
    return text;
}

Rollout TrackedRollout::view(core::WallTime now) const {
    Rollout rollout;
    rollout.id = id;
    rollout.specification = specification();
    rollout.progress = progress;
    rollout.phase = phase(progress, specification());
    rollout.message = message(now);
    rollout.stable_version = stable_version;
    rollout.former_version = beginning.former_version;
    rollout.actor = audit.front().actor;
    rollout.created_at = audit.front().at;
    rollout.updated_at = audit.back().at;
    rollout.weight_requested = progress.weight;
    rollout.split_confirmed = split_confirmed;
    rollout.remaining = remaining(progress, specification(), now);
    rollout.time_to_zero = time_to_zero;
    rollout.verdict = verdict;
    observe(rollout, *this);
    const ArmWindow window = judged.value_or(ArmWindow{});
    const ArmCounts baseline = window.baseline.value_or(ArmCounts{});
    const std::uint64_t all = window.stable.requests + window.canary.requests + baseline.requests;
    rollout.arms["stable"] = reading(*this, "stable", stable_version, window.stable, all);
    rollout.arms["canary"] = reading(*this, "canary", specification().target.label, window.canary, all);
    if (window.baseline || plan.baseline_weight > 0)
        rollout.arms["baseline"] = reading(*this, "baseline", beginning.former_version, baseline, all);
    for (const Action action : all_actions)
        if (auto why = refusal(progress, specification(), action))
            rollout.refusals[std::string(to_string(action))] = std::move(*why);
    const std::size_t skip = audit.size() > shown_audit ? audit.size() - shown_audit : 0;
    rollout.audit.assign(audit.begin() + std::ptrdiff_t(skip), audit.end());
    rollout.driver = driver;
    rollout.driver_note = driver_note;
    rollout.driver_connected = connected;
    rollout.observed_at = observed_at;
    rollout.traffic = plan;
    rollout.analyses = runs;
    rollout.approvals = approvals;
    if (is_finished(progress)) rollout.ended_at = progress.course_since;
    return rollout;
}

std::string describe(const AuditEvent& event, const TrackedRollout& after) {
    const Progress& progress = after.progress;
    const Specification& specification = after.specification();
    const Steps steps(specification);
    const std::string& label = specification.target.label;
    const std::string why = event.reason.empty() ? "" : fmt::format(" ({})", event.reason);
    switch (event.kind) {
        case AuditKind::start:
            return fmt::format("rollout {} of {} begins beside {}{}", after.id.value, label,
                               after.beginning.former_version, why);
        case AuditKind::ready:
        case AuditKind::step_done:
            if (progress.course == Course::promoting)
                return fmt::format("all steps are done: {} takes all traffic and becomes stable", label);
            if (specification.strategy == Strategy::rolling)
                return fmt::format("the instances of {} are replaced in batches",
                                   after.beginning.former_version);
            return fmt::format("{}: {}, {} receives {} %", place(progress, steps),
                               rollouts::describe(steps[progress.step]), label, progress.weight);
        case AuditKind::action:
            return fmt::format("{} by {}: {} receives {} %{}", to_string(*event.action), event.actor, label,
                               progress.weight, why);
        case AuditKind::step_ready:
            return fmt::format("{}: the experiment begins", place(progress, steps));
        case AuditKind::replaced:
            return rolling_message(after);
        case AuditKind::analysis:
        case AuditKind::clock:
            return event.reason;
        case AuditKind::ramped:
            return fmt::format("ramp down: {} receives {} %", label, progress.weight);
        case AuditKind::completed:
            return fmt::format("{} is the stable version now", after.stable_version);
        case AuditKind::verdict:
            return fmt::format("the verdict on {} is {}", label,
                               after.verdict ? to_string(after.verdict->outcome) : "not known");
        case AuditKind::note:
            return event.reason;
    }
    return event.reason;
}

}  // namespace qd::rollouts
