#pragma once
// A severity suggested from what is measured. It is advice: a person may set another. Pure.

#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "incidents/incident.hpp"

namespace qd::incidents {

struct ImpactReading {
    std::string objective_title;             // e.g. "Playback availability"
    std::optional<double> affected_share;    // bad events / all events in the short window, 0..1
    std::optional<std::uint64_t> events;     // how many events that share is of
    std::optional<double> burn;              // budget burn rate over the long window; 1 = exactly on budget
    std::optional<double> budget_remaining;  // 0..1 of the window's budget; below 0 when overspent
    std::optional<core::Seconds> exhausted_in;
    std::optional<core::WallTime> impact_since;  // when bad events began, where that is known
    bool sla_breached = false;
    bool data_loss = false;
};

struct SeverityAdvice {
    Severity severity = Severity::sev4;
    std::vector<std::string> reasons;  // the deciding one first, each a clause with its figure

    /// "SEV2: 12.0 % of requests are bad (of 830); …".
    std::string text() const;
};

/// SEV1: data loss, or at least 95 % of 20 or more events bad.
/// SEV2: at least 10 % bad, burn >= 14.4 (2 % of a 30-day budget an hour; Site Reliability Workbook, ch. 5),
///       a breached SLA, or the budget gone (or gone within 30 minutes) while burning.
/// SEV3: bad events or burn >= 1. SEV4: nothing that users would feel.
SeverityAdvice advise_severity(const ImpactReading& reading);

}  // namespace qd::incidents
