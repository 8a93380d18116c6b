#pragma once
// Whether a context meets a condition. Pure, without allocation.

#include "flags/evaluation.hpp"
#include "flags/flag.hpp"

namespace qd::flags {

/// `condition` has passed check().
bool holds(const Condition& condition, const EvaluationContext& context) noexcept;

inline bool is_semver(Operator op) {
    return op >= Operator::semver_equal;
}
inline bool is_numeric(Operator op) {
    return op >= Operator::less && op <= Operator::greater_or_equal;
}

}  // namespace qd::flags
