#pragma once
// What changed on the site lately, and which of it may have caused an alert.

#include <chrono>
#include <deque>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "incidents/event.hpp"

namespace qd::incidents {

/// Something a machine did or saw: a rollout's step, a fault, the end of an alert.
struct MachineNote {
    EventKind kind = EventKind::rollout;  // alert | rollout | chaos | evidence
    std::string subject;                  // the id of the rollout or the fault
    std::string phase;                    // "step", "abort", "applied", "ended", "verdict", …
    std::string text;                     // a sentence
    std::string actor;                    // who or what did it
    core::WallTime at;
    bool in_effect = true;    // users may be affected by it from now on; false: no longer
    std::string observation;  // what is measured of it now, e.g. the judge's explanation; empty: as before
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
    };
    /// Changes in effect at `impact`, or that ended shortly before, the latest first, at most five.
    std::vector<Suspicion> suspects(core::WallTime impact) const;

private:
    struct Change {
        MachineNote last;
        core::WallTime since;  // when it came into effect
        core::WallTime until;  // valid when not in effect
        std::string observation;
    };

    std::chrono::milliseconds reach_;
    std::deque<Change> changes_;  // at most 200, one a subject
};

}  // namespace qd::incidents
