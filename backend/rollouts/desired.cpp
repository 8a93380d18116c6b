#include "rollouts/desired.hpp"

#include <algorithm>
#include <cmath>

#include "rollouts/steps.hpp"

namespace qd::rollouts {
namespace {

constexpr unsigned max_arm = 16;

unsigned share_of(unsigned instances, unsigned percent) {
    return std::max(1u, unsigned(std::ceil(double(instances) * percent / 100)));
}

/// The last setCanaryScale up to the current step counts, as in Argo Rollouts.
unsigned canary_count(const Progress& progress, const Specification& specification, const Steps& steps,
                      const Beginning& beginning) {
    const unsigned own =
        specification.strategy == Strategy::blue_green
            ? (specification.blue_green.preview_instances > 0 ? specification.blue_green.preview_instances
                                                              : beginning.stable_instances)
            : specification.target.instances;
    unsigned count = own;
    for (std::size_t i = 0; progress.ready && i < std::min(progress.step + 1, steps.size()); ++i) {
        if (steps[i].kind != StepKind::set_canary_scale) continue;
        const CanaryScale& scale = steps[i].scale;
        if (scale.replicas)
            count = *scale.replicas;
        else if (scale.weight)
            count = *scale.weight == 0 ? 0 : share_of(beginning.stable_instances, *scale.weight);
        else if (scale.match_traffic_weight)
            count = share_of(beginning.stable_instances, progress.weight);
    }
    if (progress.course == Course::promoting) count = std::max(count, own);
    // Traffic never goes to nobody.
    return std::min(max_arm, progress.weight > 0 ? std::max(1u, count) : count);
}

void set_routes(traffic::TrafficPlan& plan, const Progress& progress, const Steps& steps) {
    const auto put = [](auto& routes, const auto& route, bool present) {
        std::erase_if(routes, [&](const auto& each) { return each.name == route.name; });
        if (present) routes.push_back(route);
    };
    for (std::size_t i = 0; i < std::min(progress.step + 1, steps.size()); ++i) {
        if (steps[i].kind == StepKind::set_header_route)
            put(plan.header_routes, steps[i].header_route, !steps[i].header_route.match.empty());
        if (steps[i].kind == StepKind::set_mirror_route)
            put(plan.mirrors, steps[i].mirror, steps[i].mirror.percentage.has_value());
    }
}

void set_experiment(Desired& wanted, const Step& step, const Beginning& beginning, bool serving) {
    for (const ExperimentSet& set : step.experiment.sets) {
        double& weight =
            set.version == "canary" ? wanted.traffic.canary_weight : wanted.traffic.baseline_weight;
        if (serving) weight += set.weight;
        if (set.version == "canary")
            wanted.canary->count = std::min(max_arm, std::max(wanted.canary->count, set.replicas));
        else if (wanted.baseline)
            wanted.baseline->count = std::min(max_arm, wanted.baseline->count + set.replicas);
        else
            wanted.baseline = WantedArm{beginning.former_version, set.replicas, false};
    }
    traffic::TrafficPlan& plan = wanted.traffic;
    plan.canary_weight = std::min(plan.canary_weight, 100.0);
    plan.baseline_weight = std::min(plan.baseline_weight, 100.0 - plan.canary_weight);
}

Desired rolling(const Progress& progress, const Specification& specification, const Beginning& beginning) {
    Desired wanted;
    wanted.stable_in_batches = true;
    if (progress.course == Course::undoing)
        wanted.stable = WantedArm{beginning.former_version, beginning.stable_instances, false};
    else if (progress.course == Course::stepping && progress.ready && !progress.held)
        wanted.stable = WantedArm{specification.target.label, beginning.stable_instances, true};
    return wanted;
}

}  // namespace

Desired desired(const Progress& progress, const Specification& specification, const Beginning& beginning) {
    if (specification.strategy == Strategy::rolling) return rolling(progress, specification, beginning);
    Desired wanted;
    const Steps steps(specification);
    wanted.traffic.mode = specification.split;
    wanted.traffic.canary_weight = progress.weight;
    const bool stepping = progress.course == Course::stepping;
    if (stepping || progress.course == Course::promoting || progress.course == Course::ramping_down)
        wanted.canary = WantedArm{specification.target.label,
                                  canary_count(progress, specification, steps, beginning), true};
    if (stepping && progress.ready) {
        set_routes(wanted.traffic, progress, steps);
        wanted.traffic.cookie = specification.route_cookie;
        if (const Step* step = steps.at(progress.step); step != nullptr && step->kind == StepKind::experiment)
            set_experiment(wanted, *step, beginning, progress.step_ready);
    }
    if (progress.course == Course::promoting) {
        // With all traffic on the canary arm the stable one can be replaced unseen.
        wanted.stable = WantedArm{specification.target.label, beginning.stable_instances, true};
        wanted.stable_after_traffic = true;
    }
    if (progress.course == Course::undoing)
        wanted.stable = WantedArm{beginning.former_version, beginning.stable_instances, false};
    if (progress.course == Course::aborted) wanted.canary_stays = specification.abort_scale_down_delay;
    return wanted;
}

}  // namespace qd::rollouts
