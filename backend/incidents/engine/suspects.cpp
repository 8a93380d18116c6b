#include "incidents/engine/suspects.hpp"

#include <algorithm>
#include <cmath>

#include "incidents/clocks.hpp"

namespace qd::incidents {
namespace {

constexpr std::size_t kept = 200, named = 5;
/// Detection lags behind impact: a change this much after the start of the alert's window may still be the
/// cause.
constexpr std::chrono::seconds slack{5};
constexpr std::chrono::hours lasting_reach{2};
constexpr double half_life_ms = 600'000;

/// Nobody takes it back: it is in effect until the next one.
bool is_lasting(EventKind kind) {
    return kind == EventKind::deploy || kind == EventKind::config || kind == EventKind::flag;
}

int points_of(EventKind kind) {
    switch (kind) {
        case EventKind::chaos:
            return 10;
        case EventKind::rollout:
            return 9;
        case EventKind::deploy:
            return 8;
        case EventKind::config:
            return 6;
        default:
            return 4;
    }
}

}  // namespace

std::string SuspicionScore::text() const {
    std::string parts;
    const auto add = [&parts](int points, std::string_view what) {
        if (points > 0) parts += fmt::format("{}{} {}", parts.empty() ? "" : ", ", points, what);
    };
    add(time, "for the time");
    add(in_effect, in_effect == 20 ? "for being in effect" : "for having ended shortly before");
    add(measured, "for what is measured of it");
    add(service, "for being of the same service");
    add(kind, "for its kind");
    return fmt::format("Suspicion {} of 100: {}.", total(), parts);
}

void RecentChanges::remember(const MachineNote& note) {
    const auto known = std::ranges::find_if(changes_, [&](const Change& change) {
        return change.last.kind == note.kind && change.last.subject == note.subject;
    });
    if (known == changes_.end()) {
        if (!note.in_effect) return;
        changes_.push_front({note, note.at, {}, note.observation, note.worse});
        if (changes_.size() > kept) changes_.pop_back();
        return;
    }
    Change change = std::move(*known);
    changes_.erase(known);
    if (note.in_effect && !change.last.in_effect) change.since = note.at;
    if (!note.in_effect && change.last.in_effect) change.until = note.at;
    if (!note.observation.empty()) {
        change.observation = note.observation;
        change.worse = note.worse;
    }
    // A verdict is an observation of the change, not the change.
    if (note.phase != "verdict") {
        change.last = note;
    } else {
        change.last.in_effect = note.in_effect;
    }
    changes_.push_front(std::move(change));
}

bool RecentChanges::is_candidate(const Change& change, core::WallTime impact) const {
    if (change.since > impact + slack) return false;
    if (is_lasting(change.last.kind)) return impact - change.last.at <= lasting_reach;
    return change.last.in_effect || change.until + reach_ >= impact;
}

SuspicionScore RecentChanges::score(const Change& change, core::WallTime impact,
                                    std::string_view service) const {
    SuspicionScore score;
    // What followed the impact is no cause of it; then its beginning counts.
    const core::WallTime at = change.last.at <= impact + slack ? change.last.at : change.since;
    const double before_ms = double(std::max<std::int64_t>(0, (impact - at).count()));
    score.time = int(std::lround(40 * std::exp2(-before_ms / half_life_ms)));
    if (change.last.in_effect)
        score.in_effect = 20;
    else if (reach_.count() > 0)
        score.in_effect = int(std::lround(
            10 * std::clamp(1 - double((impact - change.until).count()) / double(reach_.count()), 0.0, 1.0)));
    if (change.worse) score.measured = 20;
    if (!service.empty() && change.last.service == service) score.service = 10;
    score.kind = points_of(change.last.kind);
    return score;
}

std::vector<RecentChanges::Suspicion> RecentChanges::suspects(core::WallTime impact,
                                                              std::string_view service) const {
    std::vector<Suspicion> found;
    for (const Change& change : changes_) {
        if (!is_candidate(change, impact)) continue;
        const auto before = impact - change.last.at;
        std::string reasoning = change.last.text;
        reasoning += before.count() >= 0
                         ? fmt::format(" That was {} before the alert", format_duration(before))
                         : fmt::format(" That was {} after the alert", format_duration(-before));
        reasoning += change.last.in_effect
                         ? ", and it was in effect."
                         : fmt::format("; it had ended {} before.", format_duration(impact - change.until));
        if (!change.observation.empty()) reasoning += " " + change.observation;
        const SuspicionScore points = score(change, impact, service);
        reasoning += (reasoning.ends_with('.') ? " " : ". ") + points.text();
        found.push_back(
            {change.last.kind, change.last.subject, std::move(reasoning), change.last.at, points});
    }
    std::ranges::stable_sort(found, [](const Suspicion& a, const Suspicion& b) {
        return std::pair(a.score.total(), a.at) > std::pair(b.score.total(), b.at);
    });
    if (found.size() > named) found.resize(named);
    return found;
}

}  // namespace qd::incidents
