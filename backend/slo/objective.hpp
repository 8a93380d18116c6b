#pragma once
// One service level objective as its owners write it down.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/strong_id.hpp"
#include "slo/burn_row.hpp"
#include "slo/indicator.hpp"

namespace qd::slo {

using SloId = core::StrongId<struct SloTag>;

/// The contract below the objective.
struct Sla {
    double target = 0;        // a ratio, <= the objective's
    std::string consequence;  // "10 % service credit"

    bool operator==(const Sla&) const = default;
};

struct Objective {
    SloId id;             // 1-64 of a-z 0-9 and '-'
    std::string title;    // for people
    std::string service;  // "gateway", "viewers"
    std::string route;    // the routes it speaks of, for people; empty: all
    Indicator indicator;
    double target = 0;          // the ratio of good events, in (0, 1)
    std::int64_t window_s = 0;  // rolling, 60 s to 90 days
    std::optional<Sla> sla;
    std::vector<BurnRow> rows;  // at least one, each within the window; the first is the fastest

    /// The row with the shortest short window: what "now" means for this objective.
    const BurnRow& fastest_row() const;

    bool operator==(const Objective&) const = default;
};

/// Errors name the field and the reason.
core::Result<> check(const Objective& objective);

}  // namespace qd::slo
