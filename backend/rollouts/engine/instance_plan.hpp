#pragma once
// Which instance to start or stop next, from what is wanted and what runs. Pure: called again after each
// order, so that it does not matter where a restart interrupts.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rollouts/drivers.hpp"
#include "rollouts/specification.hpp"

namespace qd::rollouts {

struct WantedVersion {
    std::string version;
    unsigned count = 0;
    std::string faults_json;
    std::string program = {};
    std::map<std::string, std::string> flags = {};
};

/// The stable arm is replaced as a rolling update does.
struct Batches {
    Rolling rolling;
    unsigned settled = 0;  // instances of the wanted version that have stayed ready
};

struct WantedInstances {
    std::optional<WantedVersion> canary;  // nothing: the canary arm is to be empty
    std::optional<WantedVersion> stable;  // nothing: leave the stable arm as it is
    bool may_stop_canaries = false;       // they have drained
    std::optional<WantedVersion> baseline = {};
    std::optional<Batches> batches = {};
};

struct InstanceOrder {
    bool start = false;
    std::string arm;
    WantedVersion version;  // start: `count` more
    std::string instance;   // stop: this one

    std::string text() const;  // "start 1 instance of v2 (canary)"
};

/// New instances before old ones go; nothing when all is as wanted. In batches there are never more than
/// `max_surge` too many, never more than `max_unavailable` missing, and no more new ones that have not stayed
/// ready yet than both together.
std::optional<InstanceOrder> next_order(const WantedInstances& wanted,
                                        const std::vector<RunningInstance>& running);

/// All instances of `wanted` in `arm` are there and ready.
bool serves(const WantedVersion& wanted, const std::string& arm, const std::vector<RunningInstance>& running);

}  // namespace qd::rollouts
