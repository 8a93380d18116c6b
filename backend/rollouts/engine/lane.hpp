#pragma once
// One driver and the rollout that it is at: drivers do not wait for one another.

#include <atomic>
#include <mutex>
#include <optional>
#include <string>

#include "rollouts/analysis_source.hpp"
#include "rollouts/drivers.hpp"
#include "rollouts/engine/tracked_rollout.hpp"

namespace qd::rollouts {

/// What splits traffic, runs versions and counts for one service. All of it outlives the engine.
struct Drivers {
    TrafficRouter* router = nullptr;
    VersionRunner* runner = nullptr;
    ArmMetrics* metrics = nullptr;
    std::string note = {};           // Rollout::driver_note
    MetricSource* source = nullptr;  // null: templates that need one are refused
};

struct Lane {
    Lane(std::string lane_name, Drivers its_drivers)
        : name(std::move(lane_name)), drivers(std::move(its_drivers)) {}

    const std::string name;
    const Drivers drivers;
    std::mutex split_mutex;  // held over calls of the router that write; taken before the engine's mutex
    std::atomic<bool> looking{false}, arranging{false}, measuring{false};

    // With the engine's mutex held:
    TrackedRollout* latest = nullptr;
    std::optional<core::SteadyTime> split_read_at;
    std::optional<core::SteadyTime> instances_tried_at;  // and it failed
};

}  // namespace qd::rollouts
