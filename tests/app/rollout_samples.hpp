#pragma once
// Rollouts in all the states that their page has to show.

#include "samples.hpp"

namespace qd::test {

/// One judged metric of each outcome, of a rollout with a baseline and with players that report.
inline rollouts::Rollout explained_rollout() {
    auto judged = rollout();
    judged.arms["baseline"] = {"v1", {"api-3"}, {570, 1, 570, 2}, 0.093, 1.0 / 570, 2.0 / 570};
    rollouts::Verdict verdict;
    verdict.outcome = rollouts::Outcome::fail;
    verdict.window_s = 192;
    verdict.as_of = now() - std::chrono::seconds(2);
    rollouts::MetricVerdict failing;
    failing.metric = "error ratio";
    failing.outcome = rollouts::Outcome::fail;
    failing.reference = "baseline";
    failing.stable_total = 5'400, failing.stable_bad = 3, failing.stable_ratio = 3.0 / 5'400;
    failing.baseline_total = 570, failing.baseline_bad = 1, failing.baseline_ratio = 1.0 / 570;
    failing.canary_total = 562, failing.canary_bad = 80, failing.canary_ratio = 80.0 / 562;
    failing.difference = 0.1406, failing.low = 0.1135, failing.high = 0.1717;
    failing.anytime_p = 0.00002, failing.alpha = 0.044;
    failing.would_change = "fewer than 12 bad of the canary's 562";
    rollouts::MetricVerdict marginal = failing;
    marginal.metric = "ratio slower than 0.2 s";
    marginal.outcome = rollouts::Outcome::marginal;
    marginal.canary_bad = 50, marginal.canary_ratio = 50.0 / 562;
    marginal.baseline_bad = 16, marginal.baseline_ratio = 16.0 / 570;
    marginal.difference = 0.061, marginal.low = -0.011, marginal.high = 0.139;
    marginal.anytime_p = 0.31, marginal.alpha = 0.003;
    marginal.would_change = "about 1900 canary requests at the same ratios would make it sure";
    rollouts::MetricVerdict startup;
    startup.metric = "start-up time";
    startup.outcome = rollouts::Outcome::pass;
    startup.reference = "baseline";
    startup.unit = "s";
    startup.stable_total = 1'240, startup.baseline_total = 96, startup.canary_total = 91;
    startup.stable_median = 0.412, startup.baseline_median = 0.405, startup.canary_median = 0.401;
    startup.difference = -0.004, startup.low = -0.031, startup.high = 0.022;
    startup.anytime_p = 0.8, startup.alpha = 0.001;
    rollouts::MetricVerdict stalls;
    stalls.metric = "stall ratio";
    stalls.reference = "baseline";
    stalls.stable_total = 180, stalls.stable_bad = 2, stalls.stable_ratio = 2.0 / 180;
    stalls.baseline_total = 14, stalls.baseline_bad = 0, stalls.baseline_ratio = 0;
    stalls.canary_total = 0;
    stalls.would_change = "1240 more requests to canary, by time or by more weight";
    verdict.metrics = {failing, marginal, startup, stalls};
    judged.verdict = verdict;
    return judged;
}

/// Runs of all phases, with and without numbers.
inline std::vector<rollouts::AnalysisRun> analysis_runs() {
    using rollouts::RunPhase;
    const auto metric = [](const char* name, RunPhase phase, std::vector<const char*> values) {
        rollouts::MetricRun run;
        run.spec.name = name;
        run.spec.interval = std::chrono::seconds(10);
        run.spec.success_condition = "result[0] >= 0.95";
        run.spec.failure_condition = "result[0] < 0.9";
        run.spec.failure_limit = 2;
        run.spec.provider.query = "sum(rate(good[1m])) / sum(rate(all[1m]))";
        run.phase = phase;
        auto at = now() - std::chrono::seconds(10 * int(values.size()));
        for (const char* value : values) {
            at += std::chrono::seconds(10);
            run.latest.push_back(
                {phase == RunPhase::running ? RunPhase::successful : phase, at, at, value, ""});
        }
        (phase == RunPhase::failed ? run.failed : run.successful) = values.size();
        return run;
    };
    const auto run = [](const char* name, const char* purpose, RunPhase phase, const char* message,
                        std::vector<rollouts::MetricRun> metrics) {
        rollouts::AnalysisRun made;
        made.name = name, made.purpose = purpose, made.phase = phase, made.message = message;
        made.started_at = now() - std::chrono::minutes(3);
        made.metrics = std::move(metrics);
        return made;
    };
    auto failed = metric("error-rate", RunPhase::failed, {"[0.91]", "[0.88]", "[0.86]"});
    failed.message = "assessed Failed due to failed (3) > failureLimit (2)";
    auto error = metric("saturation", RunPhase::error, {""});
    error.latest.back().message = "the provider does not answer";
    error.successful = 0, error.error = error.consecutive_error = 5;
    auto once = metric("judge", RunPhase::successful, {"pass"});
    once.spec.interval.reset(), once.spec.success_condition.clear(), once.spec.failure_condition.clear();
    once.spec.provider.kind = rollouts::MetricProvider::Kind::judge, once.spec.provider.query = "ratio";
    return {
        run("ro-1/step-2", "step", RunPhase::failed, "error-rate failed", {failed, once}),
        run("ro-1/background", "background", RunPhase::running, "",
            {metric("success-rate", RunPhase::running,
                    {"[0.971]", "[0.968]", "[0.974]", "[0.962]", "[0.969]", "[0.973]", "[0.958]", "[0.966]",
                     "[0.97]", "[0.964]"})}),
        run("ro-1/step-4", "step", RunPhase::error, "", {error}),
        run("ro-1/step-6", "step", RunPhase::inconclusive, "",
            {metric("p95", RunPhase::inconclusive, {"[0.93]"})}),
        run("ro-1/after", "post_promotion", RunPhase::pending, "", {metric("p95", RunPhase::pending, {})}),
        run("ro-1/experiment", "experiment", RunPhase::pending, "", {}),
    };
}

/// An ended one of another version, person and strategy.
inline rollouts::Rollout ended_rollout(int number) {
    auto past = rollout();
    past.id = rollouts::RolloutId("RO-" + std::to_string(number));
    past.specification.name = "packager";
    past.specification.target.label = "v" + std::to_string(number);
    past.specification.strategy = number % 2 ? rollouts::Strategy::rolling : rollouts::Strategy::blue_green;
    past.actor = number % 2 ? "ben" : "mara";
    past.progress.course = number % 3 ? rollouts::Course::promoted : rollouts::Course::aborted;
    past.phase = number % 3 ? rollouts::Phase::healthy : rollouts::Phase::degraded;
    past.message.clear();
    past.created_at = now() - std::chrono::hours(24 * (20 - number));
    past.ended_at = past.created_at + std::chrono::minutes(12);
    past.updated_at = *past.ended_at;
    past.verdict.reset();
    past.weight_observed.reset();
    past.audit = {
        {1, rollouts::AuditKind::start, past.created_at, past.actor, "quarterly packager", {}, {}},
        {2, rollouts::AuditKind::ready, past.created_at + std::chrono::seconds(20), "engine", "", {}, {}},
        {3,
         rollouts::AuditKind::action,
         *past.ended_at,
         past.actor,
         "memory grows",
         rollouts::Action::abort,
         {}}};
    return past;
}

}  // namespace qd::test
