#pragma once
// The wire's JSON of GET /rollouts/policy.

#include <nlohmann/json_fwd.hpp>

#include "core/result.hpp"
#include "rollouts/policy.hpp"

namespace qd::rollouts {

/// {"at", "read_only", "read_only_reason", "now": [freeze], "next": [freeze]}, a freeze being
/// {"kind", "name", "by", "reason", "from", "until"}.
nlohmann::json to_json(const PolicyPicture& picture);
/// Errc::invalid_argument names the field; ignores unknown ones.
core::Result<PolicyPicture> policy_picture_from_json(const nlohmann::json& value);

}  // namespace qd::rollouts
