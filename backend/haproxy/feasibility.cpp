#include "haproxy/feasibility.hpp"

#include <fmt/format.h>

#include "rollouts/desired.hpp"
#include "rollouts/steps.hpp"

namespace qd::haproxy {
namespace {

using Reason = std::optional<std::string>;

Reason wrong_count(const char* arm, const rollouts::WantedArm& wanted, std::size_t servers) {
    if (wanted.count == servers) return std::nullopt;
    return fmt::format(
        "{} {} instance(s) are asked for, and HAProxy's {} arm is always all of its {} server(s)",
        wanted.count, arm, arm, servers);
}

Reason wrong_label(const char* arm, const std::vector<std::string>& servers, const Labels& labels,
                   const std::string& version) {
    for (const std::string& server : servers)
        if (labels.at(server) != version)
            return fmt::format(
                "the {} server '{}' is labelled {} and not {}: HAProxy starts no processes; deploy {} there "
                "and write it into its versions",
                arm, server, labels.at(server), version, version);
    return std::nullopt;
}

Reason unfit_stable(const Options& options, const Labels& labels, const ServerStates& states) {
    for (const std::string& server : options.stable) {
        if (labels.at(server) != labels.at(options.stable.front()))
            return fmt::format("the stable servers are of different versions: '{}' is {}, '{}' is {}",
                               options.stable.front(), labels.at(options.stable.front()), server,
                               labels.at(server));
        // A rollout would set it ready, which nobody has asked for.
        if (states.at(server).admin != Admin::ready)
            return fmt::format(
                "the stable server '{}' is in {}: set it ready, or take it out of the router's `stable`",
                server, to_string(states.at(server).admin));
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> infeasible(const Options& options, const Labels& labels,
                                      const ServerStates& states,
                                      const rollouts::Specification& specification) {
    const rollouts::TargetVersion& target = specification.target;
    if (specification.strategy == rollouts::Strategy::rolling)
        return "HAProxy starts no processes: a rolling update is beyond it; use canary or blueGreen";
    if (!target.faults.empty() || !target.program.empty() || !target.flags.empty())
        return "HAProxy starts no processes: target.faults, target.program and target.flags cannot be given "
               "to "
               "its servers";
    if (auto why = unfit_stable(options, labels, states)) return why;
    if (auto why = wrong_label("canary", options.canary, labels, target.label)) return why;

    const rollouts::Beginning beginning{specification, labels.at(options.stable.front()),
                                        unsigned(options.stable.size())};
    rollouts::Progress progress;
    progress.ready = progress.step_ready = true;
    for (const rollouts::Step& step : rollouts::Steps(specification)) {
        if (step.kind == rollouts::StepKind::set_weight) progress.weight = step.weight;
        const rollouts::Desired wanted = rollouts::desired(progress, specification, beginning);
        Reason why;
        if (wanted.canary) why = wrong_count("canary", *wanted.canary, options.canary.size());
        if (!why && wanted.baseline) {
            why = wrong_count("baseline", *wanted.baseline, options.baseline.size());
            if (!why) why = wrong_label("baseline", options.baseline, labels, beginning.former_version);
        }
        if (why) return fmt::format("step {} ({}): {}", progress.step + 1, rollouts::describe(step), *why);
        ++progress.step;
    }
    return std::nullopt;
}

}  // namespace qd::haproxy
