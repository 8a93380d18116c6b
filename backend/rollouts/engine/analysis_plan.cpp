#include "rollouts/engine/analysis_plan.hpp"

#include <algorithm>
#include <map>

#include "rollouts/steps.hpp"

namespace qd::rollouts {
namespace {

using core::Errc;
using core::fail;
using core::Failure;

constexpr std::string_view background = "background";

bool has_background(const Specification& specification) {
    return specification.strategy == Strategy::canary && specification.background &&
           !specification.background->templates.empty();
}

std::vector<PlannedRun> all_runs(const Specification& specification) {
    std::vector<PlannedRun> runs;
    const Steps steps(specification);
    for (std::size_t i = 0; i < steps.size(); ++i)
        if (has_run(steps[i])) runs.push_back({run_purpose(specification, i), template_uses(steps[i])});
    if (has_background(specification)) runs.push_back({std::string(background), {*specification.background}});
    return runs;
}

}  // namespace

std::vector<PlannedRun> runs_to_begin(const Progress& progress, const Specification& specification) {
    std::vector<PlannedRun> runs;
    if (progress.course != Course::stepping || !progress.ready || progress.held) return runs;
    const Steps steps(specification);
    if (const Step* step = steps.at(progress.step);
        step != nullptr && has_run(*step) && progress.step_run == RunPhase::pending &&
        (step->kind != StepKind::experiment || progress.step_ready))
        runs.push_back({run_purpose(specification, progress.step), template_uses(*step)});
    if (has_background(specification) && progress.background_run == RunPhase::pending &&
        progress.step >= specification.background->starting_step)
        runs.push_back({std::string(background), {*specification.background}});
    return runs;
}

bool is_under_way(const Progress& progress, const Specification& specification, const std::string& purpose) {
    if (progress.course != Course::stepping) return false;
    if (purpose == background) return progress.background_run == RunPhase::running;
    return progress.step_run == RunPhase::running && run_purpose(specification, progress.step) == purpose;
}

core::Result<AnalysisRun> begin_planned(const Specification& specification, const PlannedRun& planned,
                                        std::string name, core::WallTime now) {
    std::vector<AnalysisTemplate> templates;
    std::map<std::string, std::string> values;
    for (const AnalysisUse& use : planned.uses) {
        for (const std::string& each : use.templates) {
            const auto at = std::ranges::find(specification.templates, each, &AnalysisTemplate::name);
            if (at == specification.templates.end())
                return fail(Errc::invalid_argument, "template '{}' did not come with the specification",
                            each);
            templates.push_back(*at);
        }
        for (const auto& [key, value] : use.args)
            if (const auto [at, added] = values.emplace(key, value); !added && at->second != value)
                return fail(Errc::invalid_argument, "argument '{}' has two values in one run", key);
    }
    std::vector<TemplateArgument> arguments;
    for (auto& [key, value] : values) arguments.push_back({key, value});
    return begin_run(std::move(name), planned.purpose, templates, arguments, now);
}

core::Result<> can_run(const Specification& specification) {
    for (const PlannedRun& planned : all_runs(specification)) {
        const auto run = begin_planned(specification, planned, {}, {});
        if (!run) return core::fail_with_context("its " + planned.purpose + " analysis", run.error());
        for (const MetricRun& metric : run->metrics) {
            const auto& [kind, address, query, arm] = metric.spec.provider;
            if (kind == MetricProvider::Kind::judge && query != "ratio" && query != "latency")
                return fail(Errc::invalid_argument,
                            "metric '{}': the judge knows ratio and latency, not '{}'", metric.spec.name,
                            query);
        }
    }
    return {};
}

}  // namespace qd::rollouts
