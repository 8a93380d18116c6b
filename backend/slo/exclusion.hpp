#pragma once
// Time that does not count: maintenance, planned or told after the fact. What was counted stays as it is and
// is only left out of windows, budgets and rows, so that taking an exclusion back gives the same figures
// again.

#include <string>
#include <vector>

#include "core/clock.hpp"
#include "slo/objective.hpp"

namespace qd::slo {

using ExclusionId = core::StrongId<struct ExclusionTag>;

struct Exclusion {
    ExclusionId id;  // given by whoever keeps it
    core::WallTime from{};
    core::WallTime to{};      // after `from`
    std::vector<SloId> slos;  // none: every objective
    std::string reason;       // 1 to 500 bytes
    std::string author;
    core::WallTime created_at{};

    bool concerns(const SloId& slo) const;
    bool operator==(const Exclusion&) const = default;
};

inline constexpr std::int64_t longest_exclusion_s = 92 * 86'400;

/// Errc::invalid_argument naming the field: order, length, reason, objectives that there are not.
core::Result<> check(const Exclusion& exclusion, const std::vector<Objective>& objectives);

/// The union of those that concern `slo`, in order and disjoint, each widened to whole minutes: that is how
/// finely the past is kept.
std::vector<Span> excluded_spans(const std::vector<Exclusion>& exclusions, const SloId& slo);
/// Where each of them begins and ends, so widened, inside the union too: what has to be known to take one
/// back.
std::vector<std::int64_t> excluded_edges(const std::vector<Exclusion>& exclusions, const SloId& slo);

}  // namespace qd::slo
