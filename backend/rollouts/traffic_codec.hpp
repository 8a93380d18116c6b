#pragma once
// The JSON of traffic plans: the body of the gateway's PUT /-/split, and a part of a rollout's. Members that say
// nothing are left out, so that a plan of weights alone is {"canary_weight","rollout"}:
//
//   {"rollout", "canary_weight", "baseline_weight", "mode": "session"|"round_robin", "cookie",
//    "header_routes": [{"name", "match": [{"header", "exact"|"prefix"|"regex": text}]}],
//    "mirrors": [{"name", "percentage", "match": [{"method": {"exact": …}, "path": {…}, "headers": [{"header", …}]}]}]}

#include <nlohmann/json_fwd.hpp>

#include "core/result.hpp"
#include "rollouts/traffic.hpp"

namespace qd::rollouts {

nlohmann::json to_json(const TrafficPlan& plan);
/// Errc::invalid_argument names the member; ignores those it does not know.
core::Result<TrafficPlan> traffic_plan_from_json(const nlohmann::json& value);

}  // namespace qd::rollouts
