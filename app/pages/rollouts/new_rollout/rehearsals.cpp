#include "app/pages/rollouts/new_rollout/rehearsals.hpp"

#include <algorithm>

namespace qd::app {

const QVector<Rehearsal>& rehearsals() {
    static const QVector<Rehearsal> all{
        {{"delay", 600, 0.5, 3600, {}}, "Slow", "Half of its answers come 0.6 s late."},
        {{"error", 503, 0.5, 3600, {}}, "Failing", "Half of its answers are 503."},
        {{"corrupt", 0, 0.5, 3600, {}}, "Corrupting", "Bits of half of its segments are flipped."},
        {{"playlist", 0, 1, 3600, {}}, "Wrong playlist", "Its playlists name segments that do not exist."},
        {{"leak", 256, 1, 3600, {}}, "Leaking", "Each request takes 256 KiB that are not given back."},
        {{"crash", 20, 1, 3600, {}}, "Crashing", "It dies 20 s after each start."},
        {{"hang", 20, 1, 3600, {}},
         "Hanging",
         "It answers nothing from 20 s after its start, health included."},
        {{"no_start", 0, 1, 3600, {}}, "Not starting", "It says why and ends instead of starting."},
    };
    return all;
}

bool isRehearsed(const rollouts::TargetVersion& target, const std::string& kind) {
    return std::ranges::find(target.faults, kind, &rollouts::BornFault::kind) != target.faults.end();
}

void rehearse(rollouts::TargetVersion& target, const std::string& kind, bool on) {
    if (on == isRehearsed(target, kind)) return;
    if (!on) {
        std::erase_if(target.faults, [&](const rollouts::BornFault& fault) { return fault.kind == kind; });
        return;
    }
    for (const Rehearsal& each : rehearsals())
        if (each.fault.kind == kind) target.faults.push_back(each.fault);
}

}  // namespace qd::app
