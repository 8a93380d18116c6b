// The engine's part that runs analysis templates: begins the runs that are due, measures outside its locks,
// and takes what follows into the audit.

#include <algorithm>

#include "rollouts/engine/analysis_plan.hpp"
#include "rollouts/engine/rollout_engine.hpp"

namespace qd::rollouts {
namespace {

constexpr std::size_t at_once = 32;  // metrics measured in one go; the others are due again at the next
constexpr std::chrono::seconds saved_apart{5};

struct DueMetric {
    std::string run;
    std::size_t index = 0;
    MetricSpec spec;
    Outcome judged = Outcome::not_enough_data;  // of the judge's metrics
};

/// The judge's word on what the query names.
Outcome word_of_judge(const std::optional<Verdict>& verdict, const std::string& query) {
    if (!verdict) return Outcome::not_enough_data;
    const std::string_view name = query == "latency" ? "ratio slower" : "error ratio";
    for (const MetricVerdict& each : verdict->metrics)
        if (each.metric.starts_with(name)) return each.outcome;
    return Outcome::not_enough_data;
}

std::vector<DueMetric> due_metrics(const TrackedRollout& rollout, core::WallTime now) {
    std::vector<DueMetric> found;
    for (const AnalysisRun& run : rollout.runs)
        for (const std::size_t index : due(run, now)) {
            if (found.size() == at_once) return found;
            const MetricSpec& spec = run.metrics[index].spec;
            found.push_back({run.name, index, spec, word_of_judge(rollout.verdict, spec.provider.query)});
        }
    return found;
}

std::string names_of(const AnalysisRun& run) {
    std::string names;
    for (const MetricRun& metric : run.metrics) names += (names.empty() ? "" : ", ") + metric.spec.name;
    return names;
}

std::string place_of(const AnalysisRun& run, const Progress& progress) {
    if (run.purpose == "background") return "the analysis in the background";
    return fmt::format("the analysis of step {}", progress.step + 1);
}

}  // namespace

bool RolloutEngine::wants_measuring(const TrackedRollout& rollout) const {
    const core::WallTime now = parts_.clock.now();
    if (std::ranges::any_of(rollout.runs, [&](const AnalysisRun& run) { return !due(run, now).empty(); }))
        return true;
    return rollout.split_confirmed && !rollout.specification().templates.empty() &&
           !runs_to_begin(rollout.progress, rollout.specification()).empty();
}

core::Result<> RolloutEngine::record_run(TrackedRollout& rollout, AnalysisRun run, News& news) {
    AuditRow row;
    row.event.kind = AuditKind::analysis;
    row.event.actor = "engine";
    row.event.run_purpose = run.purpose;
    row.event.run_phase = run.phase;
    row.event.reason = is_over(run.phase)
                           ? fmt::format("{} is {}{}{}", place_of(run, rollout.progress),
                                         to_string(run.phase), run.message.empty() ? "" : ": ", run.message)
                           : fmt::format("{} begins: {}", place_of(run, rollout.progress), names_of(run));
    row.run = std::move(run);
    const auto began = parts_.clock.steady_now();
    const Course before = rollout.progress.course;
    if (auto ok = commit(rollout, std::move(row), news); !ok) {
        parts_.messages.error("an analysis cannot be written down", {{"reason", ok.error().message}});
        return ok;
    }
    if (rollout.progress.course != before) rollout.abort_began = began;
    return {};
}

void RolloutEngine::begin_runs(TrackedRollout& rollout, News& news) {
    if (!rollout.split_confirmed) return;
    const core::WallTime now = parts_.clock.now();
    for (const PlannedRun& planned : runs_to_begin(rollout.progress, rollout.specification())) {
        auto run = begin_planned(rollout.specification(), planned, rollout.run_name(planned.purpose), now);
        if (!run) {
            run = AnalysisRun{rollout.run_name(planned.purpose),
                              planned.purpose,
                              RunPhase::error,
                              run.error().message,
                              now,
                              false,
                              {}};
        }
        if (!record_run(rollout, std::move(*run), news)) return;
    }
}

void RolloutEngine::take_measured(TrackedRollout& rollout, const std::string& name, std::size_t metric,
                                  const core::Result<std::string>& value, core::WallTime started,
                                  News& news) {
    AnalysisRun* run = rollout.run_of(name);
    if (run == nullptr || is_over(run->phase)) return;  // its step is over: nobody asks any more
    AnalysisRun after = *run;
    take(after, metric, value, started, std::max(started, parts_.clock.now()));
    if (is_over(after.phase)) {
        // What cannot be written down is measured again.
        (void)record_run(rollout, std::move(after), news);
        return;
    }
    *run = std::move(after);
    rollout.runs_changed = rollout.stirred = true;
}

void RolloutEngine::save_runs(TrackedRollout& rollout) {
    const core::SteadyTime now = parts_.clock.steady_now();
    if (!rollout.runs_changed || (rollout.runs_saved_at && now - *rollout.runs_saved_at < saved_apart))
        return;
    rollout.runs_saved_at = now;
    for (const AnalysisRun& run : rollout.runs) {
        if (is_over(run.phase)) continue;
        if (auto ok = journal_.save_run(run); !ok)
            parts_.messages.error("an analysis cannot be written down", {{"reason", ok.error().message}});
    }
    rollout.runs_changed = false;
}

void RolloutEngine::measure(Lane& lane) {
    if (stopping_ || lane.measuring.exchange(true)) return;
    News news;
    std::vector<DueMetric> wanted;
    TrackedRollout* rollout = nullptr;
    {
        const std::lock_guard lock(mutex_);
        rollout = lane.latest;
        begin_runs(*rollout, news);
        wanted = due_metrics(*rollout, parts_.clock.now());
    }
    for (const DueMetric& each : wanted) {
        if (stopping_) break;
        const core::WallTime started = parts_.clock.now();
        core::Result<std::string> value = std::string(to_string(each.judged));
        if (each.spec.provider.kind != MetricProvider::Kind::judge)
            value = lane.drivers.source->measure(each.spec, started);
        const std::lock_guard lock(mutex_);
        take_measured(*rollout, each.run, each.index, value, started, news);
    }
    {
        const std::lock_guard lock(mutex_);
        save_runs(*rollout);
        take_steps(*rollout, news);
    }
    apply_split(lane, news);
    tell(news);
    lane.measuring = false;
}

}  // namespace qd::rollouts
