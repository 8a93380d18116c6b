#include "rollouts/engine/evidence.hpp"

#include <algorithm>

namespace qd::rollouts {
namespace {

constexpr std::size_t most_startups = 100'000;  // the judge looks at no more

void add(ArmEvidence& sum, const ArmEvidence& more) {
    sum.counts.requests += more.counts.requests;
    sum.counts.errors += more.counts.errors;
    sum.counts.timed += more.counts.timed;
    sum.counts.slow += more.counts.slow;
    PlayerCounts& players = sum.players;
    players.sessions += more.players.sessions;
    players.stalled += more.players.stalled;
    players.frames += more.players.frames;
    players.different += more.players.different;
    const auto& startups = more.players.startup_s;
    const std::size_t room = most_startups - std::min(most_startups, players.startup_s.size());
    players.startup_s.insert(players.startup_s.end(), startups.begin(),
                             startups.begin() + std::ptrdiff_t(std::min(room, startups.size())));
}

void add(Stratum& sum, const Stratum& more) {
    add(sum.stable, more.stable);
    add(sum.canary, more.canary);
    // A baseline of a part of the time is none of the whole.
    if (sum.baseline && more.baseline)
        add(*sum.baseline, *more.baseline);
    else
        sum.baseline.reset();
}

Stratum stratum_of(const ArmWindow& counts) {
    Stratum stratum;
    stratum.stable = {counts.stable, counts.stable_players};
    stratum.canary = {counts.canary, counts.canary_players};
    if (counts.baseline) stratum.baseline = ArmEvidence{*counts.baseline, counts.baseline_players};
    return stratum;
}

}  // namespace

void Evidence::split_changed(core::WallTime at, bool canary_has_traffic) {
    if (!parts_.empty() && !parts_.back().to) parts_.back().to = std::max(at, parts_.back().from);
    if (canary_has_traffic) parts_.push_back({at, std::nullopt});
}

void Evidence::shift(std::chrono::milliseconds by) {
    for (Part& part : parts_) {
        part.from += by;
        if (part.to) *part.to += by;
    }
}

std::vector<Evidence::Span> Evidence::wanted(core::WallTime now) {
    if (!parts_.empty() && !parts_.back().to && now - parts_.back().from >= piece) {
        parts_.back().to = now;
        parts_.push_back({now, std::nullopt, true});
    }
    std::vector<Span> spans;
    for (const Part& part : parts_)
        if (!part.settled) spans.push_back({part.from, std::max(part.from, part.to.value_or(now))});
    return spans;
}

void Evidence::take(const Span& span, const std::optional<ArmWindow>& counts, core::WallTime now) {
    const auto part = std::ranges::find_if(
        parts_, [&](const Part& each) { return !each.settled && each.from == span.from; });
    if (part == parts_.end()) return;
    if (counts) {
        part->counted = stratum_of(*counts);
        part->covered_s = counts->covered_s;
    }
    part->settled = part->to == span.to && now - span.to >= settled_after;
    if (part->settled) tidy();
}

void Evidence::tidy() {
    for (std::size_t i = 0; i < parts_.size();) {
        Part& part = parts_[i];
        const bool empty = part.settled && !part.counted;
        const bool joins = i > 0 && part.goes_on_before && part.settled && parts_[i - 1].settled;
        if (!empty && !joins) {
            ++i;
            continue;
        }
        if (!empty) {
            add(*parts_[i - 1].counted, *part.counted);
            parts_[i - 1].covered_s += part.covered_s;
        } else if (i + 1 < parts_.size() && !part.goes_on_before) {
            parts_[i + 1].goes_on_before = false;
        }
        parts_.erase(parts_.begin() + std::ptrdiff_t(i));
    }
    while (parts_.size() > most_strata && parts_[0].settled && parts_[1].settled) {
        add(*parts_[0].counted, *parts_[1].counted);
        parts_[0].covered_s += parts_[1].covered_s;
        parts_.erase(parts_.begin() + 1);
    }
}

std::vector<Stratum> Evidence::strata() const {
    std::vector<Stratum> strata;
    for (const Part& part : parts_)
        if (part.counted) strata.push_back(*part.counted);
    return strata;
}

double Evidence::covered_s() const {
    double sum = 0;
    for (const Part& part : parts_) sum += part.counted ? part.covered_s : 0;
    return sum;
}

}  // namespace qd::rollouts
