#include "rollouts/steps.hpp"

#include <algorithm>

namespace qd::rollouts {
namespace {

Step analysis_step(const AnalysisUse& use) {
    Step step;
    step.kind = StepKind::analysis;
    step.analysis = use;
    return step;
}

Step pause_step(std::optional<std::chrono::milliseconds> duration) {
    Step step;
    step.kind = StepKind::pause;
    step.duration = duration;
    return step;
}

}  // namespace

Steps::Steps(const Specification& specification) {
    if (specification.strategy == Strategy::canary) {
        view_ = specification.steps;
        return;
    }
    if (specification.strategy == Strategy::rolling) return;
    const BlueGreen& plan = specification.blue_green;
    if (plan.pre_promotion) made_.push_back(analysis_step(*plan.pre_promotion));
    if (!plan.auto_promotion)
        made_.push_back(pause_step(std::nullopt));
    else if (plan.auto_promotion_after)
        made_.push_back(pause_step(plan.auto_promotion_after));
    switch_at_ = made_.size();
    Step full;
    full.kind = StepKind::set_canary_scale;
    full.scale.weight = 100;  // as many as the stable ones
    made_.push_back(std::move(full));
    Step all;
    all.weight = 100;
    made_.push_back(std::move(all));
    if (plan.post_promotion) made_.push_back(analysis_step(*plan.post_promotion));
    if (plan.scale_down_delay.count() > 0) made_.push_back(pause_step(plan.scale_down_delay));
    view_ = made_;
}

std::vector<AnalysisUse> template_uses(const Step& step) {
    std::vector<AnalysisUse> uses;
    if (step.kind == StepKind::analysis && !step.analysis.templates.empty()) uses.push_back(step.analysis);
    if (step.kind == StepKind::experiment)
        for (const AnalysisUse& use : step.experiment.analyses)
            if (!use.templates.empty()) uses.push_back(use);
    return uses;
}

bool has_run(const Step& step) {
    if (step.kind == StepKind::analysis) return !step.analysis.templates.empty();
    return step.kind == StepKind::experiment &&
           std::ranges::any_of(step.experiment.analyses,
                               [](const AnalysisUse& use) { return !use.templates.empty(); });
}

bool needs_verdict(const Step& step) {
    if (step.kind == StepKind::analysis) return step.analysis.templates.empty();
    return step.kind == StepKind::experiment &&
           std::ranges::any_of(step.experiment.analyses,
                               [](const AnalysisUse& use) { return use.templates.empty(); });
}

bool is_gate(const Step& step) {
    if (step.duration) return false;
    return step.kind == StepKind::pause ||
           (step.kind == StepKind::experiment && step.experiment.analyses.empty());
}

std::string run_purpose(const Specification& specification, std::size_t step) {
    const Steps steps(specification);
    if (const Step* at = steps.at(step); at != nullptr && at->kind == StepKind::experiment)
        return "experiment";
    if (specification.strategy != Strategy::blue_green) return "step";
    return step < steps.switch_at() ? "pre_promotion" : "post_promotion";
}

}  // namespace qd::rollouts
