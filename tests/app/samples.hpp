#pragma once
// A small site as tests like to see it: values of the wire's shapes, made by the rooms' own types.

#include "incidents/event.hpp"
#include "incidents/incident.hpp"
#include "rollouts/rollout.hpp"
#include "silences/alert.hpp"
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

/// One of ours with its incident, one of an Alertmanager that is silenced there, one that has ended.
inline std::vector<silences::Alert> seen_alerts() {
    silences::Alert ours;
    ours.id = alert().id.value;
    ours.title = alert().slo_title;
    ours.service = "gateway";
    ours.reason = alert().reason;
    ours.labels = {
        {"alertname", "ErrorBudgetBurn"}, {"slo", "playback-availability"}, {"service", "gateway"}};
    ours.started_at = alert().started_at;
    ours.incident = "inc-1";
    silences::Alert theirs;
    theirs.id = "am.c0ffee.1";
    theirs.source = "pager";
    theirs.title = "The origin's disk is nearly full";
    theirs.service = "origin";
    theirs.severity = 3;
    theirs.reason = "92 % of /var are used on origin-2.";
    theirs.labels = {{"alertname", "DiskFull"}, {"service", "origin"}, {"instance", "origin-2"}};
    theirs.started_at = now() - std::chrono::minutes(40);
    theirs.silenced_by = {{"pager", silences::SilenceId("6c3d")}};
    silences::Alert over = theirs;
    over.id = "am.c0ffee.0";
    over.started_at = now() - std::chrono::hours(5);
    over.ended_at = now() - std::chrono::hours(4);
    over.silenced_by.clear();
    return {ours, theirs, over};
}

inline std::vector<silences::ListedSilence> listed_silences(bool lapses = true) {
    silences::Silence there;
    there.id = silences::SilenceId("6c3d");
    there.source = "pager";
    there.matchers = {{"service", "origin", false, true}};
    there.starts_at = now() - std::chrono::hours(1);
    there.ends_at = now() + std::chrono::minutes(3);
    there.created_by = "bert";
    there.comment = "The disk is being replaced";
    silences::Silence here;
    here.id = silences::SilenceId("sil-1");
    here.matchers = {{"severity", "sev[34]", true, true}, {"service", "viewers", false, true}};
    here.starts_at = now() - std::chrono::hours(1);
    here.ends_at = now() + std::chrono::hours(2);
    here.created_by = "anna";
    here.comment = "Load test until 16:00";
    return {{there, silences::SilenceState::active, 1, lapses},
            {here, silences::SilenceState::active, 0, false}};
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

/// A journal with something in every lane, of the last ten minutes.
inline std::vector<incidents::Event> eventful() {
    using incidents::EventKind;
    std::vector<incidents::Event> events;
    const auto begin = now() - std::chrono::seconds(480);
    const auto add = [&](EventKind kind, int second, const char* actor, incidents::EventBody body) {
        incidents::Event event;
        event.seq = events.size() + 1;
        event.kind = kind;
        event.occurred_at = event.recorded_at = begin + std::chrono::seconds(second);
        event.actor = actor;
        event.source = incidents::is_machine_source(actor) ? actor : "console";
        event.body = std::move(body);
        events.push_back(std::move(event));
    };
    const auto of = [](const char* subject, const char* phase, const char* text) {
        incidents::EventBody body;
        body.subject = subject;
        body.phase = phase;
        body.text = text;
        return body;
    };
    const auto text = [&](const char* words) { return of("", "", words); };
    incidents::EventBody opened = timeline().front().body;
    opened.started_at = begin - std::chrono::seconds(20);
    opened.detected_at = begin;
    add(EventKind::opened, 0, "slo", opened);
    add(EventKind::rollout, 1, "rollouts",
        of("ro-1", "suspect", "v2 went to 10 % of the sessions 22 s before"));
    add(EventKind::chaos, 3, "chaos", of("f-1", "applied", "Fault f-1 (error) applied to api/v2"));
    add(EventKind::alert, 12, "slo",
        of("search-latency.10s-60s.1", "firing", "Metadata within 150 ms burns at 21"));
    add(EventKind::acknowledge, 40, "anna", {});
    incidents::EventBody commander;
    commander.role = "commander";
    commander.person = "anna";
    add(EventKind::assign, 48, "anna", commander);
    add(EventKind::note, 75, "anna", text("canary is slow"));
    add(EventKind::note, 90, "ben", text("Only the canary fails; stable is at 99.98 %"));
    events.back().supersedes = 7;
    events.back().occurred_at = events[6].occurred_at;
    incidents::EventBody investigating;
    investigating.state = incidents::State::investigating;
    add(EventKind::state, 95, "anna", investigating);
    incidents::EventBody update =
        text("Some viewers cannot start playback. We are taking the new version back.");
    update.purpose = "customers";
    add(EventKind::status_update, 120, "mara", update);
    add(EventKind::delivery, 122, "notify", of("12", "sent", "sent to status-page"));
    add(EventKind::runbook, 150, "runbooks", of("canary/abort", "started", "Abort the canary"));
    add(EventKind::runbook, 171, "runbooks", of("canary/abort", "done", "Abort the canary: done"));
    add(EventKind::rollout, 165, "rollouts", of("ro-1", "abort", "Aborted: all traffic on v1"));
    incidents::EventBody frozen = text("The dip begins with the first step and ends with the abort");
    frozen.subject = "playback-availability";
    frozen.unit = "ratio";
    frozen.query = "good / total of playback-availability every 1 s, objective 0.995";
    for (int i = 0; i < 300; ++i)
        frozen.samples.push_back({begin + std::chrono::seconds(i - 60),
                                  i > 50 && i < 230 ? 0.93 + 0.01 * (i % 5) : 0.998 + 0.0004 * (i % 5)});
    add(EventKind::evidence, 235, "anna", frozen);
    incidents::EventBody mitigated = text("Canary aborted; error ratio back to 0.1 %");
    mitigated.state = incidents::State::mitigated;
    add(EventKind::state, 240, "anna", mitigated);
    add(EventKind::alert, 250, "slo", of("search-latency.10s-60s.1", "ended", "It burns no longer"));
    add(EventKind::chaos, 270, "chaos", of("f-1", "ended", "Fault f-1 ended"));
    return events;
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
    running.progress.ready = true;
    running.progress.step = 1;
    running.progress.weight = 10;
    running.progress.step_since = now() - std::chrono::seconds(20);
    running.progress.version = 4;
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
    const rollouts::Stratum counted{
        {running.arms["stable"].counts, {}}, {running.arms["canary"].counts, {}}, std::nullopt};
    running.verdict = rollouts::judge(std::span(&counted, 1), running.specification.analysis, now());
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
