#include "compare/alignment.hpp"

#include <algorithm>
#include <cmath>

namespace qd::compare {
namespace {

using core::Seconds;

// The nearest frame of the other side is at most half a frame away when nothing is missing; timestamps are
// rounded.
constexpr double near_enough = 0.75;
constexpr double as_fast = 1.02;
constexpr int mean_over = 32;

double distance(Seconds one, Seconds two) {
    return std::abs((one - two).count());
}

}  // namespace

void Aligner::Mean::add(Seconds value) {
    if (value <= Seconds(0)) return;
    count = std::min(count + 1, mean_over);
    mean += (value - mean) / count;
}

void Aligner::push(Side side, const TimedFrame& frame) {
    mean_[side].add(frame.duration);
    waiting_[side].push_back(frame);
    if (!first_[side]) first_[side] = frame.at;
}

void Aligner::end(Side side) {
    ended_[side] = true;
}

void Aligner::abandon(Side side) {
    abandoned_[side] = true;
}

void Aligner::reset() {
    waiting_ = {};
    first_ = {};
    last_ = {};
    ended_ = abandoned_ = {};
    begin_.reset();
}

Side Aligner::slower() const {
    return mean_.b.mean > mean_.a.mean * as_fast ? Side::b : Side::a;
}

bool Aligner::too_early(Seconds at) const {
    Seconds begin{};
    if (begin_)
        begin = *begin_;
    else if (first_.a && first_.b)
        begin = std::max(on_a(Side::a, *first_.a), on_a(Side::b, *first_.b));
    else
        return false;
    return at < begin - near_enough * mean_[slower()].mean;
}

Pairing Aligner::alone(Side has, PairKind kind) {
    const TimedFrame frame = waiting_[has].front();
    waiting_[has].pop_front();
    Pairing pairing;
    pairing.kind = kind;
    pairing.side = kind == PairKind::missing ? other(has) : has;
    pairing.key[has] = frame.key;
    pairing.at = on_a(has, frame.at);
    pairing.duration = frame.duration;
    last_[has] = pairing.at;
    return pairing;
}

/// Whether a frame of `has` that found no counterpart is one that the other side should have.
PairKind Aligner::kind_alone(Side has, Seconds at, std::optional<Seconds> nearest) const {
    const Side lacks = other(has);
    if (abandoned_[lacks] || too_early(at)) return PairKind::spare;
    const Seconds each = mean_[lacks].mean;
    if (nearest && distance(*nearest, at) <= near_enough * each.count()) return PairKind::spare;
    // Behind the end of the other side as many frames are left over as it is shifted by.
    if (ended_[lacks] && waiting_[lacks].empty() && last_[lacks] &&
        at - *last_[lacks] < Seconds(std::abs(offset_.count())) + 1.75 * std::max(each, mean_[has].mean))
        return PairKind::spare;
    return PairKind::missing;
}

std::optional<Pairing> Aligner::next() {
    const Side slow = slower(), fast = other(slow);
    auto& slows = waiting_[slow];
    auto& fasts = waiting_[fast];
    if (slows.empty()) {
        if (fasts.empty()) return std::nullopt;
        if (over(slow)) return alone(fast, kind_alone(fast, on_a(fast, fasts.front().at), last_[slow]));
        if (fasts.size() > most_waiting_) return alone(fast, PairKind::spare);
        return std::nullopt;
    }
    const Seconds at = on_a(slow, slows.front().at);
    if (too_early(at)) return alone(slow, PairKind::spare);
    // Nothing nearer can come once a frame at or behind it is there.
    const auto behind = std::find_if(fasts.begin(), fasts.end(),
                                     [&](const TimedFrame& frame) { return on_a(fast, frame.at) >= at; });
    if (behind == fasts.end() && !over(fast)) {
        if (slows.size() > most_waiting_) return alone(slow, PairKind::spare);
        return std::nullopt;
    }
    auto nearest = behind;
    if (behind != fasts.begin() && (behind == fasts.end() || distance(on_a(fast, std::prev(behind)->at), at) <
                                                                 distance(on_a(fast, behind->at), at)))
        nearest = std::prev(behind);
    const bool found =
        nearest != fasts.end() && distance(on_a(fast, nearest->at), at) <=
                                      near_enough * std::max(nearest->duration, mean_[fast].mean).count();
    // What lies before it on the faster side comes first.
    const auto first_left = found ? nearest : behind;
    if (first_left != fasts.begin()) {
        const Seconds fast_at = on_a(fast, fasts.front().at);
        std::optional<Seconds> slow_at = at;
        if (last_[slow] && distance(*last_[slow], fast_at) < distance(at, fast_at)) slow_at = last_[slow];
        return alone(fast, kind_alone(fast, fast_at, slow_at));
    }
    if (!found) return alone(slow, kind_alone(slow, at, std::nullopt));
    Pairing pairing;
    pairing.key[slow] = slows.front().key;
    pairing.key[fast] = nearest->key;
    pairing.at = at;
    pairing.duration = slows.front().duration;
    last_[slow] = at;
    last_[fast] = on_a(fast, nearest->at);
    slows.pop_front();
    fasts.pop_front();
    return pairing;
}

}  // namespace qd::compare
