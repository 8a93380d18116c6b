#pragma once
// A small site as tests like to see it: values of the wire's shapes, made by the rooms' own types.

#include "incidents/event.hpp"
#include "incidents/incident.hpp"
#include "rollouts/rollout.hpp"
#include "slo/alert.hpp"
#include "support/slo_samples.hpp"

namespace qd::test {

inline core::WallTime now() {
    return core::SystemClock().now();
}

inline slo::Status status_of(const slo::Objective& objective, slo::Health health, std::uint64_t bad,
                             std::uint64_t total) {
    slo::Status status;
    status.objective = objective;
    status.health = health;
    status.window = window(objective.window_s, bad, total);
    status.sli = status.window.counts.good_ratio();
    const auto recent = window(10, bad > 0 ? 5 : 0, 100);
    status.budget = slo::error_budget(objective.target, status.window, recent);
    for (const auto& row : objective.rows) {
        slo::RowStatus shown;
        shown.row = row;
        shown.short_window = window(row.short_s, bad > 0 ? 5 : 0, 100);
        shown.long_window = window(row.long_s, bad > 0 ? 20 : 0, 600);
        shown.short_burn = slo::burn_rate(shown.short_window.counts, objective.target);
        shown.long_burn = slo::burn_rate(shown.long_window.counts, objective.target);
        shown.firing = health == slo::Health::burning;
        status.rows.push_back(shown);
    }
    status.as_of = now();
    return status;
}

inline slo::Objective named(std::string id, std::string title, double target) {
    auto objective = availability();
    objective.id = slo::SloId(std::move(id));
    objective.title = std::move(title);
    objective.target = target;
    objective.sla.reset();
    return objective;
}

inline std::vector<slo::Status> statuses() {
    return {
        status_of(availability(), slo::Health::burning, 90, 12'000),
        status_of(named("startup", "Playback starts within 2 s", 0.99), slo::Health::healthy, 3, 4'000),
        status_of(named("search-latency", "Metadata within 150 ms", 0.995), slo::Health::no_traffic, 0, 0)};
}

inline slo::Alert alert() {
    slo::Alert firing;
    firing.id = slo::AlertId("playback-availability.10s-60s.1");
    firing.slo_id = slo::SloId("playback-availability");
    firing.slo_title = "Playback availability";
    firing.service = "gateway";
    firing.row = availability().rows.front();
    firing.started_at = now() - std::chrono::seconds(90);
    firing.reason = "Playback availability: 14 of 612 requests failed in 60 s";
    return firing;
}

inline incidents::Incident incident() {
    incidents::Incident open;
    open.id = incidents::IncidentId("inc-1");
    open.title = "Playback availability burns its budget";
    open.service = "gateway";
    open.severity = incidents::Severity::sev2;
    open.severity_reason = "SEV2: 12.0 % of requests are bad (of 830)";
    open.started_at = now() - std::chrono::seconds(120);
    open.detected_at = now() - std::chrono::seconds(90);
    open.episodes = {{open.started_at, open.detected_at, {}, {}, {}}};
    open.firing_alerts = {"playback-availability.10s-60s.1"};
    open.version = 2;
    open.updated_at = open.detected_at;
    return open;
}

inline std::vector<incidents::Event> timeline() {
    incidents::Event opened;
    opened.seq = 1;
    opened.kind = incidents::EventKind::opened;
    opened.occurred_at = opened.recorded_at = now() - std::chrono::seconds(90);
    opened.actor = "slo";
    opened.source = "slo";
    opened.body.title = incident().title;
    opened.body.service = "gateway";
    opened.body.severity = incidents::Severity::sev2;
    opened.body.text = "Playback availability: 14 of 612 requests failed in 60 s";
    opened.body.subject = "playback-availability.10s-60s.1";
    opened.body.started_at = incident().started_at;
    opened.body.detected_at = incident().detected_at;
    incidents::Event firing;
    firing.seq = 2;
    firing.kind = incidents::EventKind::alert;
    firing.occurred_at = firing.recorded_at = opened.occurred_at;
    firing.actor = "slo";
    firing.source = "slo";
    firing.body.subject = "playback-availability.10s-60s.1";
    firing.body.phase = "firing";
    firing.body.text = opened.body.text;
    return {opened, firing};
}

inline rollouts::Rollout rollout() {
    rollouts::Rollout running;
    running.id = rollouts::RolloutId("ro-1");
    running.specification.name = "v2";
    running.specification.target.label = "v2";
    running.specification.steps = {{rollouts::StepKind::set_weight, 10, {}},
                                   {rollouts::StepKind::pause, 0, std::chrono::minutes(1)},
                                   {rollouts::StepKind::set_weight, 50, {}},
                                   {rollouts::StepKind::pause, 0, {}},
                                   {rollouts::StepKind::set_weight, 100, {}}};
    running.canary.ready = true;
    running.canary.step = 1;
    running.canary.weight = 10;
    running.canary.step_since = now() - std::chrono::seconds(20);
    running.canary.version = 4;
    running.phase = rollouts::Phase::paused;
    running.message = "10 % of the sessions are on v2 for another 40 s.";
    running.stable_version = running.former_version = "v1";
    running.actor = "anna";
    running.created_at = now() - std::chrono::seconds(30);
    running.updated_at = now();
    running.weight_requested = 10;
    running.weight_observed = 9.4;
    running.observed_over_s = 60;
    running.split_confirmed = true;
    running.remaining = std::chrono::seconds(40);
    running.arms["stable"] = {"v1", {"api-1"}, {5'400, 3, 5'400, 20}, 0.906, 3.0 / 5'400, 20.0 / 5'400};
    running.arms["canary"] = {"v2", {"api-2"}, {562, 80, 562, 270}, 0.094, 80.0 / 562, 270.0 / 562};
    running.verdict = rollouts::judge(running.arms["stable"].counts, running.arms["canary"].counts,
                                      running.specification.analysis, now());
    running.refusals["resume"] = "It is not held";
    running.refusals["undo"] = "Nothing has been promoted";
    running.audit = {
        {1, rollouts::AuditKind::start, running.created_at, "anna", "try the new packager", {}, {}},
        {2, rollouts::AuditKind::ready, now() - std::chrono::seconds(25), "engine", "v2 serves", {}, {}},
        {3,
         rollouts::AuditKind::step_done,
         now() - std::chrono::seconds(20),
         "engine",
         "setWeight 10",
         {},
         {}}};
    return running;
}

}  // namespace qd::test
