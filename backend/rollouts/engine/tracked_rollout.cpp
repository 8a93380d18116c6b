#include "rollouts/engine/tracked_rollout.hpp"

#include <algorithm>

#include "rollouts/engine/analysis_plan.hpp"
#include "rollouts/steps.hpp"

namespace qd::rollouts {
namespace {

WantedVersion version_of(const WantedArm& arm, const TargetVersion& target) {
    if (!arm.target) return {arm.version, arm.count, {}};
    return {arm.version, arm.count, faults_json(target), target.program, target.flags};
}

/// So that what is due stays due when it was.
void shift_runs(std::vector<AnalysisRun>& runs, std::chrono::milliseconds by) {
    for (AnalysisRun& run : runs) {
        if (is_over(run.phase)) continue;
        run.started_at += by;
        for (MetricRun& metric : run.metrics)
            for (Measurement& each : metric.latest) each.started_at += by, each.finished_at += by;
    }
}

}  // namespace

core::Result<> TrackedRollout::absorb(const AuditRow& row) {
    if (row.beginning) {
        beginning = *row.beginning;
        stable_version = beginning.former_version;
    }
    const Progress before = progress;
    auto after = follow(progress, specification(), row.event);
    if (!after) return core::Failure(after.error());
    progress = std::move(*after);
    audit.push_back(row.event);
    settled = false;
    stirred = true;
    if (!row.overrode.empty()) overrode = row.overrode;
    if (row.time_to_zero) time_to_zero = row.time_to_zero;
    if (row.verdict) {
        verdict = row.verdict;
        last_verdict_at = row.event.at;
        last_verdict_outcome = verdict->outcome;
        if (verdict->outcome != Outcome::fail) failure_handled = false;
    }
    // A hold by the analysis is its answer to this run of failures; whoever resumes has seen it.
    if (progress.held && !before.held && row.event.actor == "engine") failure_handled = true;
    if (row.event.kind == AuditKind::completed)
        stable_version =
            progress.course == Course::promoted ? specification().target.label : beginning.former_version;
    if (row.event.action == Action::approve)
        approvals.push_back({row.event.actor, row.event.at, row.event.reason});
    if (row.event.kind == AuditKind::clock && traffic_since) *traffic_since += *row.event.shift;
    if (row.event.kind == AuditKind::clock) weight_since += *row.event.shift;
    if (row.event.kind == AuditKind::clock) evidence.shift(*row.event.shift);
    if (row.event.kind == AuditKind::clock) {
        shift_runs(runs, *row.event.shift);
        runs_changed = true;
        runs_saved_at.reset();
    }
    if (row.run) {
        if (AnalysisRun* known = run_of(row.run->name))
            *known = *row.run;
        else
            runs.push_back(*row.run);
    }
    end_idle_runs(row.event.at);
    traffic::TrafficPlan wanted = desired(progress, specification(), beginning).traffic;
    wanted.rollout = id.value;
    if (wanted != plan || row.event.kind == AuditKind::start) {
        plan = std::move(wanted);
        weight_since = row.event.at;
        evidence.split_changed(row.event.at, plan.canary_weight > 0);
        split_confirmed = false;
        zero_since.reset();
        counts.reset();
        if (plan.canary_weight == 0)
            traffic_since.reset();
        else if (!traffic_since)
            traffic_since = row.event.at;
    }
    const bool moved = progress.step != before.step || progress.course != before.course ||
                       progress.replaced != before.replaced || progress.held != before.held ||
                       progress.ready != before.ready;
    if (moved) progressed_at.reset();
    return {};
}

WantedInstances TrackedRollout::wanted_instances(bool may_stop) const {
    const Desired wish = desired(progress, specification(), beginning);
    const TargetVersion& target = specification().target;
    WantedInstances wanted;
    if (wish.canary) wanted.canary = version_of(*wish.canary, target);
    if (wish.baseline) wanted.baseline = version_of(*wish.baseline, target);
    if (wish.stable && (!wish.stable_after_traffic || split_confirmed))
        wanted.stable = version_of(*wish.stable, target);
    if (wish.stable_in_batches)
        wanted.batches = Batches{specification().rolling, progress.course == Course::undoing
                                                              ? progress.instances - progress.replaced
                                                              : progress.replaced};
    // Those of a lower scale, or of an experiment that is over, go once the router no longer counts on them.
    wanted.may_stop_canaries = wish.canary ? split_confirmed || progress.weight == 0 : may_stop;
    return wanted;
}

bool TrackedRollout::drained(core::WallTime now, std::chrono::milliseconds drain) const {
    const auto stays = desired(progress, specification(), beginning).canary_stays;
    return zero_since && now - *zero_since >= std::max(drain, stays);
}

void TrackedRollout::end_idle_runs(core::WallTime at) {
    for (AnalysisRun& run : runs)
        if (!is_over(run.phase) &&
            (run.name != run_name(run.purpose) || !is_under_way(progress, specification(), run.purpose)))
            terminate(run, at);
}

AnalysisRun* TrackedRollout::run_of(const std::string& name) {
    const auto at = std::ranges::find(runs, name, &AnalysisRun::name);
    return at == runs.end() ? nullptr : &*at;
}

std::string TrackedRollout::run_name(const std::string& purpose) const {
    if (purpose == "background") return id.value + "/background";
    return fmt::format("{}/{}-{}", id.value, purpose, progress.step + 1);
}

}  // namespace qd::rollouts
