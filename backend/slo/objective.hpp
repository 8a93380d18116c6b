#pragma once
// One service level objective as its owners write it down.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "core/strong_id.hpp"
#include "slo/burn_row.hpp"
#include "slo/calendar.hpp"
#include "slo/indicator.hpp"
#include "slo/timeslices.hpp"

namespace qd::slo {

using SloId = core::StrongId<struct SloTag>;

/// The contract below the objective.
struct Sla {
    double target = 0;        // a ratio, <= the objective's
    std::string consequence;  // "10 % service credit"

    bool operator==(const Sla&) const = default;
};

/// Raised when nothing has been read for `after_s`.
struct AbsentRule {
    std::int64_t after_s = 60;  // 10 s to a day
    Severity severity = Severity::sev3;

    bool operator==(const AbsentRule&) const = default;
};

/// What follows from an exhausted budget.
struct BudgetPolicy {
    bool freeze_rollouts = false;  // no rollout starts, unless it is overridden

    bool operator==(const BudgetPolicy&) const = default;
};

/// Label names and values, by name.
using GroupLabels = std::vector<std::pair<std::string, std::string>>;

/// Which part of another objective this one is.
struct Group {
    SloId of;
    GroupLabels labels;

    bool operator==(const Group&) const = default;
};

struct Objective {
    SloId id;             // 1-64 of a-z 0-9 and '-'
    std::string title;    // for people
    std::string service;  // "gateway", "viewers"
    std::string route;    // the routes it speaks of, for people; empty: all
    Indicator indicator;
    double target = 0;          // the ratio of good events, in (0, 1)
    std::int64_t window_s = 0;  // rolling, 60 s to 90 days; of a calendar window the present period's length,
                                // or the greatest one while that is not known
    std::optional<Sla> sla;
    std::vector<BurnRow> rows;  // at least one that is no outage row, each within the window

    std::optional<CalendarWindow> calendar = std::nullopt;  // nothing: the window is rolling
    std::optional<Timeslices> timeslices = std::nullopt;    // nothing: an event is an occurrence
    std::optional<AbsentRule> absent = std::nullopt;
    BudgetPolicy policy = {};
    std::string source = {};                 // whose counters it reads, by name; empty: the site's own scrape
    std::vector<std::string> group_by = {};  // labels whose values make objectives of their own; at most 5
    std::optional<Group> group = std::nullopt;  // it is one of those: only these labels count

    /// The row with the shortest short window, outage rows aside: what "now" means for this objective.
    const BurnRow& fastest_row() const;

    bool operator==(const Objective&) const = default;
};

/// What one event of it is: "requests", …, or "slices".
std::string_view unit_of(const Objective& objective);
/// What is counted, as a text: figures of objectives with different ones must not be added.
std::string definition_of(const Objective& objective);

/// Errors name the field and the reason.
core::Result<> check(const Objective& objective);

}  // namespace qd::slo
