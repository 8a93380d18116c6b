#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "rollouts/specification.hpp"

namespace qd::kubernetes {

/// spec.strategy.canary.steps, one for one: a step of a kind that is not known is a pause that somebody ends.
std::vector<rollouts::Step> decode_argo_steps(const nlohmann::json& steps);

}  // namespace qd::kubernetes
