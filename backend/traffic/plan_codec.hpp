#pragma once
// The JSON of traffic plans: the body of the gateway's PUT /-/split, and a part of a rollout's. Members that
// say nothing are left out, so that a plan of weights alone is {"canary_weight","rollout"}:
//
//   {"rollout", "canary_weight", "baseline_weight", "mode": "session"|"round_robin", "cookie",
//    "header_routes": [{"name", "match": [{"header", "exact"|"prefix"|"regex": text}]}],
//    "mirrors": [{"name", "percentage", "match": [{"method": {…}, "path": {…}, "headers": […]}]}]}

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "traffic/plan.hpp"

namespace qd::traffic {

nlohmann::json to_json(const TrafficPlan& plan);
/// Of valid plans only. Errc::invalid_argument names the member; those it does not know are ignored.
core::Result<TrafficPlan> plan_from_json(const nlohmann::json& value);
/// The same from text: Errc::too_large beyond 256 KiB.
core::Result<TrafficPlan> parse_plan(std::string_view json);

}  // namespace qd::traffic
