#pragma once
// What changed on the site lately, and which of it may have caused an alert: each change with a score that
// says what it is made of.

#include <chrono>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "incidents/event.hpp"

namespace qd::incidents {

/// Something a machine did or saw: a rollout's step, a fault, the end of an alert.
struct MachineNote {
    EventKind kind = EventKind::rollout;  // alert | rollout | chaos | evidence | deploy | config | flag
    std::string subject;                  // the id of the rollout or the fault; what was deployed, …
    std::string phase;                    // "step", "abort", "applied", "ended", "verdict", "changed", …
    std::string text;                     // a sentence
    std::string actor;                    // who or what did it
    core::WallTime at;
    bool in_effect = true;    // users may be affected by it from now on; false: no longer
    std::string observation;  // what is measured of it now, e.g. the judge's explanation; empty: as before
    bool worse = false;       // with an observation: it speaks against the change
    std::string service;      // whose change it is; empty: the whole site's
};

/// Points of 100, each with what it is for. The weights are ours: no study tells them. They put what happened
/// a moment before, acts now and is measured to be worse above everything else.
struct SuspicionScore {
    int time = 0;       // 40 at once, half as much for each 10 minutes that it lay before
    int in_effect = 0;  // 20 while it was; up to 10 when it had ended shortly before
    int measured = 0;   // 20 when what is measured of it speaks against it
    int service = 0;    // 10 when it is of the alert's service
    int kind = 0;  // how often such a change is the cause: chaos 10, rollout 9, deploy 8, config 6, flag 4

    int total() const { return time + in_effect + measured + service + kind; }
    /// "Suspicion 78 of 100: 39 for the time, 20 for being in effect, …".
    std::string text() const;
};

/// Remembers changes for as long as they may be to blame. Not thread-safe.
class RecentChanges {
public:
    /// Changes that ended more than `reach` before an alert are not suspected.
    explicit RecentChanges(std::chrono::milliseconds reach) : reach_(reach) {}

    void remember(const MachineNote& note);

    struct Suspicion {
        EventKind kind;
        std::string subject;
        std::string reasoning;
        core::WallTime at;  // of the change
        SuspicionScore score;
    };
    /// Changes in effect at `impact`, or that ended shortly before, the most suspicious first, at most five.
    /// What is deployed, configured or flagged stays in effect: it is suspected for 2 hours.
    std::vector<Suspicion> suspects(core::WallTime impact, std::string_view service = {}) const;

private:
    struct Change {
        MachineNote last;
        core::WallTime since;  // when it came into effect
        core::WallTime until;  // valid when not in effect
        std::string observation;
        bool worse = false;
    };
    bool is_candidate(const Change& change, core::WallTime impact) const;
    SuspicionScore score(const Change& change, core::WallTime impact, std::string_view service) const;

    std::chrono::milliseconds reach_;
    std::deque<Change> changes_;  // at most 200, one a subject
};

}  // namespace qd::incidents
