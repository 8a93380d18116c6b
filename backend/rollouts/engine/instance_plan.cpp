#include "rollouts/engine/instance_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace qd::rollouts {
namespace {

std::optional<InstanceOrder> start_missing(const WantedVersion& wanted, const std::string& arm,
                                           const std::vector<RunningInstance>& running) {
    const auto have = unsigned(std::ranges::count_if(running, [&](const RunningInstance& each) {
        return each.arm == arm && each.version == wanted.version;
    }));
    if (have >= wanted.count) return std::nullopt;
    return InstanceOrder{true, arm, {wanted.version, wanted.count - have, wanted.faults_json}, {}};
}

std::optional<InstanceOrder> stop_others(const std::string& version, const std::string& arm,
                                         const std::vector<RunningInstance>& running) {
    for (const RunningInstance& each : running)
        if (each.arm == arm && each.version != version)
            return InstanceOrder{false, arm, {each.version, 1, {}}, each.instance};
    return std::nullopt;
}

}  // namespace

std::string InstanceOrder::text() const {
    if (!start) return fmt::format("stop {} ({} {})", instance, version.version, arm);
    return fmt::format("start {} instance{} of {} ({})", version.count, version.count == 1 ? "" : "s",
                       version.version, arm);
}

std::optional<InstanceOrder> next_order(const WantedInstances& wanted,
                                        const std::vector<RunningInstance>& running) {
    if (wanted.canary)
        if (auto order = start_missing(*wanted.canary, "canary", running)) return order;
    if (wanted.stable) {
        if (auto order = start_missing(*wanted.stable, "stable", running)) return order;
        // The old ones go only when the new ones can take over.
        if (serves(*wanted.stable, "stable", running))
            if (auto order = stop_others(wanted.stable->version, "stable", running)) return order;
    }
    if (wanted.may_stop_canaries)
        return stop_others(wanted.canary ? wanted.canary->version : std::string(), "canary", running);
    return std::nullopt;
}

bool serves(const WantedVersion& wanted, const std::string& arm,
            const std::vector<RunningInstance>& running) {
    return wanted.count <= unsigned(std::ranges::count_if(running, [&](const RunningInstance& each) {
               return each.ready && each.arm == arm && each.version == wanted.version;
           }));
}

}  // namespace qd::rollouts
