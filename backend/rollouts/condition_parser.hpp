#pragma once
// The text of a condition to the nodes of condition.hpp.

#include "rollouts/condition.hpp"

namespace qd::rollouts {

core::Result<std::vector<Condition::Node>> parse_condition_nodes(std::string_view text);

}  // namespace qd::rollouts
