#pragma once
// A severity suggested from what is measured. It is advice: a person may set another. Pure.

#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "incidents/incident.hpp"

namespace qd::incidents {

/// What viewers had of it, over the last minutes.
struct AudienceReading {
    std::optional<std::uint64_t> viewers;  // who play now
    std::uint64_t plays = 0;               // begun
    std::uint64_t slow_plays = 0;          // of those: began later than 2 s
    double watch_s = 0;                    // viewers' time, stalls included
    double stall_s = 0;                    // of that: they waited in the middle of a play
    std::uint64_t failed_requests = 0;     // of players
};

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
    std::optional<AudienceReading> audience;
};

struct SeverityAdvice {
    Severity severity = Severity::sev4;
    std::vector<std::string> reasons;  // the deciding one first, each a clause with its figure

    /// "SEV2: 12.0 % of requests are bad (of 830); …".
    std::string text() const;
};

/// SEV1: data loss, or at least 95 % of 20 or more events bad, or of 20 or more plays slow.
/// SEV2: at least 10 % bad, burn >= 14.4 (2 % of a 30-day budget an hour; Site Reliability Workbook, ch. 5),
///       a breached SLA, the budget gone (or gone within 30 minutes) while burning, or viewers that are
///       affected: at least 10 % of 20 or more plays slow, or 10 % of watching time stalled.
/// SEV3: bad events or burn >= 1, 2 % of plays slow or of watching time stalled, failed requests of players.
/// SEV4: nothing that users would feel.
SeverityAdvice advise_severity(const ImpactReading& reading);

}  // namespace qd::incidents
