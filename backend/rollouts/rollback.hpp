#pragma once
// Going back to a version that was stable before. Pure.

#include <span>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "rollouts/rollout.hpp"

namespace qd::rollouts {

/// Versions that were stable before the present one, the latest first, each once. `history`: the latest first.
std::vector<std::string> earlier_versions(std::span<const Rollout> history);

/// What brings `version` back: as `from` was carried out, but in one step where the version is one of the
/// latest `rollback_window` of its specification. With the version's own program, flags and faults where the
/// history has them. Errc::conflict while `from` is under way or when `version` is stable already;
/// Errc::not_found when it never was.
core::Result<Specification> rollback_to(std::span<const Rollout> history, const Rollout& from,
                                        const std::string& version);

}  // namespace qd::rollouts
