#pragma once
// The wire's JSON of verdicts: a part of a rollout's, and what `opsd judge` prints.

#include <nlohmann/json_fwd.hpp>

#include "core/result.hpp"
#include "rollouts/judge.hpp"

namespace qd::rollouts {

nlohmann::json to_json(const Verdict& verdict);
/// Errc::invalid_argument names the field; ignores unknown ones.
core::Result<Verdict> verdict_from_json(const nlohmann::json& value);

}  // namespace qd::rollouts
