#include "incidents/engine/suspects.hpp"

#include <algorithm>

#include "incidents/clocks.hpp"

namespace qd::incidents {
namespace {

constexpr std::size_t kept = 200, named = 5;
/// Detection lags behind impact: a change this much after the start of the alert's window may still be the
/// cause.
constexpr std::chrono::seconds slack{5};

}  // namespace

void RecentChanges::remember(const MachineNote& note) {
    const auto known = std::ranges::find_if(changes_, [&](const Change& change) {
        return change.last.kind == note.kind && change.last.subject == note.subject;
    });
    if (known == changes_.end()) {
        if (!note.in_effect) return;
        changes_.push_front({note, note.at, {}, note.observation});
        if (changes_.size() > kept) changes_.pop_back();
        return;
    }
    Change change = std::move(*known);
    changes_.erase(known);
    if (note.in_effect && !change.last.in_effect) change.since = note.at;
    if (!note.in_effect && change.last.in_effect) change.until = note.at;
    if (!note.observation.empty()) change.observation = note.observation;
    // A verdict is an observation of the change, not the change.
    if (note.phase != "verdict") {
        change.last = note;
    } else {
        change.last.in_effect = note.in_effect;
    }
    changes_.push_front(std::move(change));
}

std::vector<RecentChanges::Suspicion> RecentChanges::suspects(core::WallTime impact) const {
    std::vector<const Change*> candidates;
    for (const Change& change : changes_)
        if (change.since <= impact + slack && (change.last.in_effect || change.until + reach_ >= impact))
            candidates.push_back(&change);
    std::ranges::stable_sort(candidates,
                             [](const Change* a, const Change* b) { return a->last.at > b->last.at; });
    std::vector<Suspicion> found;
    for (const Change* change : candidates) {
        if (found.size() == named) break;
        const auto before = impact - change->last.at;
        std::string reasoning = change->last.text;
        reasoning += before.count() >= 0
                         ? fmt::format(" That was {} before the alert", format_duration(before))
                         : fmt::format(" That was {} after the alert", format_duration(-before));
        reasoning += change->last.in_effect
                         ? ", and it was in effect."
                         : fmt::format("; it had ended {} before.", format_duration(impact - change->until));
        if (!change->observation.empty()) reasoning += " " + change->observation;
        found.push_back({change->last.kind, change->last.subject, std::move(reasoning), change->last.at});
    }
    return found;
}

}  // namespace qd::incidents
