#include "rollouts/engine/instance_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace qd::rollouts {
namespace {

unsigned count_of(const std::vector<RunningInstance>& running, const std::string& arm,
                  const std::string& version) {
    return unsigned(std::ranges::count_if(
        running, [&](const RunningInstance& each) { return each.arm == arm && each.version == version; }));
}

InstanceOrder start_order(const WantedVersion& wanted, const std::string& arm, unsigned count) {
    InstanceOrder order{true, arm, wanted, {}};
    order.version.count = count;
    return order;
}

InstanceOrder stop_order(const RunningInstance& instance) {
    return {false, instance.arm, {instance.version, 1, {}}, instance.instance};
}

std::optional<InstanceOrder> start_missing(const WantedVersion& wanted, const std::string& arm,
                                           const std::vector<RunningInstance>& running) {
    const unsigned have = count_of(running, arm, wanted.version);
    if (have >= wanted.count) return std::nullopt;
    return start_order(wanted, arm, wanted.count - have);
}

std::optional<InstanceOrder> stop_others(const std::string& version, const std::string& arm,
                                         const std::vector<RunningInstance>& running) {
    for (const RunningInstance& each : running)
        if (each.arm == arm && each.version != version) return stop_order(each);
    return std::nullopt;
}

/// One that does not serve goes first.
std::optional<InstanceOrder> stop_surplus(const std::optional<WantedVersion>& wanted, const std::string& arm,
                                          const std::vector<RunningInstance>& running) {
    const std::string version = wanted ? wanted->version : std::string();
    if (auto order = stop_others(version, arm, running)) return order;
    if (!wanted || count_of(running, arm, version) <= wanted->count) return std::nullopt;
    const RunningInstance* least = nullptr;
    for (const RunningInstance& each : running)
        if (each.arm == arm && (least == nullptr || !each.ready || least->ready)) least = &each;
    return stop_order(*least);
}

std::optional<InstanceOrder> next_in_batches(const WantedVersion& wanted, const Batches& batches,
                                             const std::vector<RunningInstance>& running) {
    unsigned present = 0, present_ready = 0, old = 0, old_ready = 0;
    const RunningInstance* next_old = nullptr;  // one that does not serve first
    for (const RunningInstance& each : running) {
        if (each.arm != "stable") continue;
        if (each.version == wanted.version) {
            ++present;
            present_ready += each.ready ? 1 : 0;
            continue;
        }
        ++old;
        old_ready += each.ready ? 1 : 0;
        if (next_old == nullptr || (next_old->ready && !each.ready)) next_old = &each;
    }
    const unsigned surge = batches.rolling.max_surge;
    const unsigned missing =
        surge == 0 ? std::max(1u, batches.rolling.max_unavailable) : batches.rolling.max_unavailable;
    const unsigned unsettled = present > batches.settled ? present - batches.settled : 0;
    const unsigned room = std::max(wanted.count + surge, present + old) - (present + old);
    const unsigned batch = surge + missing;
    if (present < wanted.count && room > 0 && unsettled < batch)
        return start_order(wanted, "stable", std::min({wanted.count - present, room, batch - unsettled}));
    if (next_old == nullptr) return std::nullopt;
    const unsigned available = old_ready + std::min(present_ready, batches.settled);
    if (!next_old->ready || available + missing > wanted.count) return stop_order(*next_old);
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
    if (wanted.baseline)
        if (auto order = start_missing(*wanted.baseline, "baseline", running)) return order;
    if (wanted.stable && wanted.batches) {
        if (auto order = next_in_batches(*wanted.stable, *wanted.batches, running)) return order;
    } else if (wanted.stable) {
        if (auto order = start_missing(*wanted.stable, "stable", running)) return order;
        // The old ones go only when the new ones can take over.
        if (serves(*wanted.stable, "stable", running))
            if (auto order = stop_others(wanted.stable->version, "stable", running)) return order;
    }
    if (!wanted.may_stop_canaries) return std::nullopt;
    if (auto order = stop_surplus(wanted.canary, "canary", running)) return order;
    return stop_surplus(wanted.baseline, "baseline", running);
}

bool serves(const WantedVersion& wanted, const std::string& arm,
            const std::vector<RunningInstance>& running) {
    return wanted.count <= unsigned(std::ranges::count_if(running, [&](const RunningInstance& each) {
               return each.ready && each.arm == arm && each.version == wanted.version;
           }));
}

}  // namespace qd::rollouts
