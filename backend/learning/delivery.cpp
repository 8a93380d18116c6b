// What deployments did: how many, how many of them failed, and how long it took to restore the service.

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "learning/parts.hpp"

namespace qd::learning {
namespace {

using std::chrono::milliseconds;

std::string outcome_of(const rollouts::Rollout& rollout) {
    if (!rollouts::is_finished(rollout.progress)) return "under way";
    switch (rollout.progress.course) {
        case rollouts::Course::promoted:
            return "completed";
        case rollouts::Course::undone:
            return "undone";
        default:
            return "aborted";
    }
}

Deployment deployment_of(const rollouts::Rollout& rollout) {
    Deployment one;
    one.rollout = rollout.id.value;
    one.version = rollout.specification.target.label;
    one.at = rollout.created_at;
    one.outcome = outcome_of(rollout);
    one.strategy = to_string(rollout.specification.strategy);
    one.driver = rollout.driver;
    one.actor = rollout.actor;
    if (!rollout.audit.empty() && rollout.audit.front().kind == rollouts::AuditKind::start)
        one.reason = rollout.audit.front().reason;
    if (rollout.ended_at) one.duration = *rollout.ended_at - rollout.created_at;
    if (rollout.verdict) one.verdict = to_string(rollout.verdict->outcome);
    return one;
}

/// Of one driver's rollouts, whatever the range: which go back to what was replaced before, and which those
/// undo.
struct Ways {
    std::unordered_set<std::string> rollbacks, rolled_back;  // ids
};

Ways ways_of(std::span<const rollouts::Rollout> all) {
    std::vector<const rollouts::Rollout*> in_order;
    for (const rollouts::Rollout& each : all) in_order.push_back(&each);
    std::ranges::stable_sort(in_order, {}, [](const auto* each) { return each->created_at; });
    Ways ways;
    std::unordered_map<std::string, std::unordered_set<std::string>> replaced;  // versions, by driver
    std::unordered_map<std::string, const rollouts::Rollout*> brought;          // by driver and version
    for (const rollouts::Rollout* each : in_order) {
        const std::string& label = each->specification.target.label;
        const std::string present = each->driver + "\n" + each->former_version;
        const bool completed = each->progress.course == rollouts::Course::promoted;
        if (replaced[each->driver].contains(label)) {
            ways.rollbacks.insert(each->id.value);
            if (const auto known = brought.find(present); completed && known != brought.end())
                ways.rolled_back.insert(known->second->id.value);
        } else if (completed) {
            brought[each->driver + "\n" + label] = each;
        }
        if (completed) replaced[each->driver].insert(each->former_version);
    }
    return ways;
}

}  // namespace

Delivery delivery_of(std::span<const Interval> intervals, const Query& query, const Material& material,
                     core::WallTime now) {
    Delivery delivery;
    delivery.frequency_formula =
        "rollouts begun in the range that completed / days of the range; rollbacks are no deployments";
    delivery.failure_formula =
        "(aborted + undone + rolled back + completed ones that an incident suspects) / finished rollouts "
        "that "
        "were no rollbacks";
    delivery.restore_formula =
        "mitigated_at - started_at of the incidents that suspect a rollout; median of it";
    std::unordered_map<std::string, std::vector<std::string>> suspected;
    std::vector<milliseconds> restored;
    for (const Interval& interval : intervals) {
        bool by_rollout = false;
        for (const incidents::Suspect& suspect : interval.incident->suspects) {
            if (suspect.kind != "rollout") continue;
            by_rollout = true;
            auto& named = suspected[suspect.subject];
            if (named.size() < 50 && std::ranges::find(named, interval.incident->id.value) == named.end())
                named.push_back(interval.incident->id.value);
        }
        if (!by_rollout || !interval.episode().mitigated_at) continue;
        const milliseconds took = *interval.episode().mitigated_at - interval.episode().started_at;
        restored.push_back(took);
        if (delivery.restore_sources.size() < most_sources)
            delivery.restore_sources.push_back(source_of(interval, took));
    }
    delivery.restore = distribution(std::move(restored));

    const Ways ways = ways_of(material.rollouts);
    for (const rollouts::Rollout& rollout : material.rollouts) {
        if (rollout.created_at < query.from || rollout.created_at >= query.to) continue;
        Deployment one = deployment_of(rollout);
        one.rollback = ways.rollbacks.contains(one.rollout);
        if (one.outcome == "completed" && ways.rolled_back.contains(one.rollout)) one.outcome = "rolled back";
        if (const auto named = suspected.find(one.rollout); named != suspected.end())
            one.incidents = named->second;
        if (one.outcome == "under way") {
            ++delivery.under_way;
        } else {
            one.failed = one.outcome != "completed" || !one.incidents.empty();
            if (!one.rollback) {
                ++delivery.finished;
                delivery.completed += one.outcome == "completed" || one.outcome == "rolled back" ? 1 : 0;
                delivery.failed += one.failed ? 1 : 0;
            }
        }
        delivery.deployments.push_back(std::move(one));
    }
    std::ranges::stable_sort(delivery.deployments, std::ranges::greater{}, &Deployment::at);
    delivery.deployments_total = delivery.deployments.size();
    if (delivery.deployments.size() > most_deployments) delivery.deployments.resize(most_deployments);

    const double days =
        std::chrono::duration<double, std::ratio<86'400>>(std::min(query.to, now) - query.from).count();
    if (delivery.deployments_total > 0 && days > 0) delivery.per_day = double(delivery.completed) / days;
    if (delivery.finished > 0) delivery.failure_rate = double(delivery.failed) / double(delivery.finished);
    return delivery;
}

}  // namespace qd::learning
