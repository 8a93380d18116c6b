#pragma once
// One objective by label values: each combination that is met becomes an objective of its own, beside the
// parent, which counts all of them. A group has its parent's target, window and rows; the contract, the alert
// on absent data (a group may end for good) and the policy stay the parent's.

#include <functional>
#include <string>

#include "slo/objective.hpp"

namespace qd::slo {

inline constexpr std::size_t max_groups = 50;        // of an objective
inline constexpr std::size_t max_group_value = 100;  // bytes of a label's value

/// Its id is "<parent>--<values, as far as ids can spell them>", with a number behind it where `taken` says
/// that there is one already, at most 64 bytes in all.
Objective group_objective(const Objective& parent, GroupLabels labels,
                          const std::function<bool(const SloId&)>& taken);

/// "route=/media, method=GET"
std::string describe(const GroupLabels& labels);

/// The same indicator of these labels only, for questions to a source. Errc::invalid_argument where a value
/// cannot be written as a matcher ('*', '|', or a '!' in front), or for PromQL.
core::Result<Indicator> within_group(const Indicator& indicator, const GroupLabels& labels);

}  // namespace qd::slo
