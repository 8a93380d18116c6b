#pragma once
// What a router of traffic tells of the plan that it follows: plain values, the same for the local gateway
// and for others.

#include <cstdint>
#include <optional>

namespace qd::rollouts {

/// What a router counted since `plan` came into force.
struct RouterCounts {
    std::optional<std::uint64_t> stable_requests, canary_requests, baseline_requests;  // drawn by weight
    std::optional<std::uint64_t> stable_sessions, canary_sessions, baseline_sessions;  // different ones seen
    std::optional<std::uint64_t> forced_requests;            // by header, cookie or a person
    std::optional<std::uint64_t> mirrored, mirrors_dropped;  // copies sent, and not sent for want of room
    std::optional<std::uint64_t> canary_in_flight;           // requests that the canary arm is answering now

    bool operator==(const RouterCounts&) const = default;
};

}  // namespace qd::rollouts
