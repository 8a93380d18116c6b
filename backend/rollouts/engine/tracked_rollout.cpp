#include "rollouts/engine/tracked_rollout.hpp"

#include <algorithm>

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

std::string place(const Canary& canary, const Specification& specification) {
    return fmt::format("step {} of {}", std::min(canary.step + 1, specification.steps.size()),
                       specification.steps.size());
}

std::string stepping_message(const TrackedRollout& rollout, core::WallTime now) {
    const Canary& canary = rollout.canary;
    const Specification& specification = rollout.specification();
    if (!canary.ready)
        return fmt::format("starting {} instance(s) of {}", specification.target.instances,
                           specification.target.label);
    if (canary.held)
        return canary.hold_reason.empty() ? "paused until resumed"
                                          : "paused until resumed: " + canary.hold_reason;
    const Step& step = specification.steps[std::min(canary.step, specification.steps.size() - 1)];
    const auto left = remaining(canary, specification, now);
    switch (step.kind) {
        case StepKind::set_weight:
            return fmt::format("giving the canary {} % of the sessions", step.weight);
        case StepKind::pause:
            return left ? fmt::format("pause: {} s to go", (left->count() + 999) / 1000)
                        : "pause until resumed";
        case StepKind::analysis:
            if (left && left->count() > 0)
                return fmt::format("analysis: {} s to go", (left->count() + 999) / 1000);
            return rollout.verdict ? fmt::format("analysis: {}", to_string(rollout.verdict->outcome))
                                   : "analysis: no counts yet";
    }
    return {};
}

}  // namespace

core::Result<> TrackedRollout::absorb(const AuditRow& row) {
    if (row.beginning) {
        beginning = *row.beginning;
        stable_version = beginning.former_version;
    }
    const unsigned weight_before = canary.weight;
    const bool held_before = canary.held;
    auto after = follow(canary, specification(), row.event);
    if (!after) return core::Failure(after.error());
    canary = std::move(*after);
    audit.push_back(row.event);
    settled = false;
    if (row.time_to_zero) time_to_zero = row.time_to_zero;
    if (row.verdict) {
        verdict = row.verdict;
        last_verdict_at = row.event.at;
        last_verdict_outcome = verdict->outcome;
        if (verdict->outcome != Outcome::fail) failure_handled = false;
    }
    // A hold by the analysis is its answer to this run of failures; whoever resumes has seen it.
    if (canary.held && !held_before && row.event.actor == "engine") failure_handled = true;
    if (row.event.kind == AuditKind::completed)
        stable_version =
            canary.course == Course::promoted ? specification().target.label : beginning.former_version;
    if (canary.weight != weight_before || row.event.kind == AuditKind::start) {
        weight_since = row.event.at;
        split_confirmed = false;
        zero_since.reset();
        if (canary.weight == 0)
            traffic_since.reset();
        else if (!traffic_since)
            traffic_since = row.event.at;
    }
    return {};
}

WantedInstances TrackedRollout::wanted_instances(bool drained) const {
    WantedInstances wanted;
    const TargetVersion& target = specification().target;
    const std::string faults = faults_json(target);
    const bool canary_needed = canary.course == Course::stepping || canary.course == Course::promoting ||
                               canary.course == Course::ramping_down;
    if (canary_needed) wanted.canary = WantedVersion{target.label, target.instances, faults};
    // With all traffic on the canary arm the stable one can be replaced unseen.
    if (canary.course == Course::promoting && split_confirmed)
        wanted.stable = WantedVersion{target.label, beginning.stable_instances, faults};
    if (canary.course == Course::undoing)
        wanted.stable = WantedVersion{beginning.former_version, beginning.stable_instances, {}};
    wanted.may_stop_canaries = canary_needed || drained;
    return wanted;
}

std::string TrackedRollout::message(core::WallTime now) const {
    std::string text;
    switch (canary.course) {
        case Course::stepping:
            text = stepping_message(*this, now);
            break;
        case Course::promoting:
            text = fmt::format("making {} the stable version", specification().target.label);
            break;
        case Course::ramping_down:
            text = fmt::format("ramping down: {} % now", canary.weight);
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
    rollout.canary = canary;
    rollout.phase = phase(canary, specification());
    rollout.message = message(now);
    rollout.stable_version = stable_version;
    rollout.former_version = beginning.former_version;
    rollout.actor = audit.front().actor;
    rollout.created_at = audit.front().at;
    rollout.updated_at = audit.back().at;
    rollout.weight_requested = canary.weight;
    rollout.split_confirmed = split_confirmed;
    rollout.remaining = remaining(canary, specification(), now);
    rollout.time_to_zero = time_to_zero;
    rollout.verdict = verdict;
    if (observed) {
        rollout.observed_over_s = observed->covered_s;
        if (const auto share =
                ratio(observed->canary.requests, observed->canary.requests + observed->stable.requests))
            rollout.weight_observed = *share * 100;
    }
    const ArmWindow counts = judged.value_or(ArmWindow{});
    const std::uint64_t all = counts.stable.requests + counts.canary.requests;
    rollout.arms["stable"] = reading(*this, "stable", stable_version, counts.stable, all);
    rollout.arms["canary"] = reading(*this, "canary", specification().target.label, counts.canary, all);
    for (const Action action : all_actions)
        if (auto why = refusal(canary, specification(), action))
            rollout.refusals[std::string(to_string(action))] = std::move(*why);
    const std::size_t skip = audit.size() > shown_audit ? audit.size() - shown_audit : 0;
    rollout.audit.assign(audit.begin() + std::ptrdiff_t(skip), audit.end());
    return rollout;
}

std::string describe(const AuditEvent& event, const TrackedRollout& after) {
    const Canary& canary = after.canary;
    const Specification& specification = after.specification();
    const std::string& label = specification.target.label;
    const std::string why = event.reason.empty() ? "" : fmt::format(" ({})", event.reason);
    switch (event.kind) {
        case AuditKind::start:
            return fmt::format("rollout {} of {} begins beside {}{}", after.id.value, label,
                               after.beginning.former_version, why);
        case AuditKind::ready:
        case AuditKind::step_done:
            if (canary.course == Course::promoting)
                return fmt::format("all steps are done: {} takes all traffic and becomes stable", label);
            return fmt::format("{}: {}, {} receives {} %", place(canary, specification),
                               rollouts::describe(specification.steps[canary.step]), label, canary.weight);
        case AuditKind::action:
            return fmt::format("{} by {}: {} receives {} %{}", to_string(*event.action), event.actor, label,
                               canary.weight, why);
        case AuditKind::ramped:
            return fmt::format("ramp down: {} receives {} %", label, canary.weight);
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
