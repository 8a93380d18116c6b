#pragma once
// From a plan of traffic to what HAProxy must be told, and back. Pure.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "haproxy/options.hpp"
#include "haproxy/runtime_state.hpp"
#include "traffic/plan.hpp"

namespace qd::haproxy {

/// All of HAProxy that a rollout touches.
struct Steered {
    ServerStates servers;                                  // those of the options only
    std::map<std::string, std::vector<std::string>> maps;  // file -> keys that lead to the canary, sorted

    bool operator==(const Steered&) const = default;
};

/// Why this HAProxy cannot do the plan; nothing: it can.
std::optional<std::string> refusal(const Options& options, const traffic::TrafficPlan& plan);

/// What it comes to for a plan without a refusal; `up` of the servers is taken over from `now`.
Steered wanted(const Options& options, const traffic::TrafficPlan& plan, const Steered& now);

/// The commands that make `now` into `then`, in an order in which the canary never gets more than the larger
/// of both and somebody always gets the traffic.
std::vector<std::string> commands(const Options& options, const Steered& now, const Steered& then);

/// The plan that is in force by what HAProxy says. Whose it is and its routes' names HAProxy does not know:
/// they are empty, and the file and key.
traffic::TrafficPlan plan_of(const Options& options, const Steered& now);

/// The first difference in words, for a message.
std::string difference(const Steered& now, const Steered& then);

}  // namespace qd::haproxy
