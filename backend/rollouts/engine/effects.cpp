#include "rollouts/engine/effects.hpp"

#include <algorithm>

#include "rollouts/steps.hpp"

namespace qd::rollouts {
namespace {

template <class Routes>
void compare_routes(const Routes& before, const Routes& after, std::string_view what,
                    std::vector<std::string>& effects) {
    const auto has = [](const Routes& routes, const std::string& name) {
        return std::ranges::any_of(routes, [&](const auto& each) { return each.name == name; });
    };
    for (const auto& route : before)
        if (!has(after, route.name)) effects.push_back(fmt::format("{} {} ends", what, route.name));
    for (const auto& route : after)
        if (!has(before, route.name)) effects.push_back(fmt::format("{} {} begins", what, route.name));
}

void tell_traffic(const traffic::TrafficPlan& before, const traffic::TrafficPlan& after,
                  std::vector<std::string>& effects) {
    const auto weight = [&](std::string_view arm, double from, double to) {
        if (from != to) effects.push_back(fmt::format("{} weight {:g} % -> {:g} %", arm, from, to));
    };
    weight("canary", before.canary_weight, after.canary_weight);
    weight("baseline", before.baseline_weight, after.baseline_weight);
    compare_routes(before.header_routes, after.header_routes, "header route", effects);
    compare_routes(before.mirrors, after.mirrors, "mirror", effects);
    if (!before.cookie.empty() && after.cookie.empty())
        effects.push_back(fmt::format("the cookie {} no longer chooses an arm", before.cookie));
}

void tell_steps(Action action, const Progress& before, const Progress& after, const Steps& steps,
                std::vector<std::string>& effects) {
    if (steps.size() == 0 || before.course != Course::stepping) return;
    if (action == Action::next || action == Action::promote)
        for (std::size_t i = before.step; i < std::min(after.step, steps.size()); ++i)
            if (i > before.step || steps[i].kind != StepKind::set_weight)
                effects.push_back(fmt::format("step {} ({}) is {}", i + 1, describe(steps[i]),
                                              i == before.step ? "ended" : "skipped"));
    if (after.course == Course::stepping && after.step != before.step)
        effects.push_back(fmt::format("step {} of {} begins: {}", after.step + 1, steps.size(),
                                      describe(steps[after.step])));
}

void tell_instances(const Desired& before, const Desired& after, std::vector<std::string>& effects) {
    if (before.canary && !after.canary)
        effects.push_back(
            after.canary_stays.count() > 0
                ? fmt::format("the canary's {} instance(s) end after {} s without traffic",
                              before.canary->count, after.canary_stays.count() / 1000)
                : fmt::format("the canary's {} instance(s) end once drained", before.canary->count));
    if (before.canary && after.canary && before.canary->count != after.canary->count)
        effects.push_back(
            fmt::format("canary instances {} -> {}", before.canary->count, after.canary->count));
    if (before.baseline && !after.baseline) effects.push_back("the baseline's instances end");
    if (after.stable && before.stable != after.stable)
        effects.push_back(fmt::format("the stable arm's {} instance(s) become {}{}", after.stable->count,
                                      after.stable->version, after.stable_in_batches ? ", in batches" : ""));
}

}  // namespace

std::vector<std::string> effects_of(Action action, const Progress& before, const Progress& after,
                                    const Beginning& beginning) {
    const Specification& specification = beginning.specification;
    const Desired now = desired(before, specification, beginning);
    const Desired then = desired(after, specification, beginning);
    std::vector<std::string> effects;
    tell_traffic(now.traffic, then.traffic, effects);
    tell_steps(action, before, after, Steps(specification), effects);
    tell_instances(now, then, effects);
    if (after.held && !before.held)
        effects.push_back("the steps and their time stand still until somebody resumes");
    if (!after.held && before.held && after.course == Course::stepping)
        effects.push_back("the steps and their time go on");
    if (after.course == Course::ramping_down && before.course != Course::ramping_down)
        effects.push_back(
            fmt::format("every {} s one weight less, down to 0 %", ramp_stage_duration.count()));
    if (after.course == Course::aborted && before.course != Course::aborted)
        effects.push_back(
            fmt::format("{} serves everybody; this rollout cannot be resumed", beginning.former_version));
    if (action == Action::approve) {
        const unsigned missing = approvals_missing(after, specification);
        effects.push_back(missing == 0 ? "nothing is missing any more: it begins to take traffic"
                                       : fmt::format("{} more approval(s) are needed", missing));
    }
    return effects;
}

}  // namespace qd::rollouts
