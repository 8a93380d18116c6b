#include "compare/freeze_black.hpp"

namespace qd::compare {
namespace {
constexpr std::size_t most_spans = 1'000;
}

FreezeBlackDetector::State FreezeBlackDetector::add(core::Seconds at, core::Seconds duration, const Sketch& a,
                                                    const Sketch& b) {
    const core::Seconds end = at + duration;
    State state;
    state.frozen = {add_stillness(Side::a, at, end, a, b), add_stillness(Side::b, at, end, b, a)};
    state.black = {add_blackness(Side::a, at, end, a, b), add_blackness(Side::b, at, end, b, a)};
    return state;
}

void FreezeBlackDetector::interrupt() {
    still_ = {};
    dark_ = {};
}

bool FreezeBlackDetector::add_stillness(Side side, core::Seconds at, core::Seconds end, const Sketch& own,
                                        const Sketch& others) {
    Stillness& still = still_[side];
    const auto moved = still.begun ? difference(own, still.own) : SketchDifference{};
    if (!still.begun || moved.mean >= thresholds_.still_mean || moved.largest >= thresholds_.still_largest) {
        still = {};
        still.begun = true;
        still.own = own;
        still.others = others;
        return false;
    }
    const auto other_moved = difference(others, still.others);
    if (other_moved.mean >= thresholds_.moved_mean || other_moved.largest >= thresholds_.moved_largest) {
        if (!still.moving) still.from = at;
        still.moving = true;
        still.moved = at;
        still.others = others;
    }
    // A single step of the other side is a cut that this one has, or will have, at another frame.
    const bool keeps_moving = still.moving && still.moved - still.from >= thresholds_.freeze_after / 2 &&
                              at - still.moved < thresholds_.freeze_after / 2;
    if (!keeps_moving || end - still.from < thresholds_.freeze_after) return false;
    extend(still.span, SpanKind::frozen, side, still.from, end);
    return true;
}

bool FreezeBlackDetector::add_blackness(Side side, core::Seconds at, core::Seconds end, const Sketch& own,
                                        const Sketch& others) {
    const auto is_black = [this](const Sketch& picture) {
        return picture.mean <= thresholds_.black_mean && picture.dark >= thresholds_.black_share;
    };
    Blackness& dark = dark_[side];
    if (!is_black(own) || is_black(others)) {
        dark = {};
        return false;
    }
    if (!dark.begun) dark = {true, at, std::nullopt};
    if (end - dark.from < thresholds_.black_after) return false;
    extend(dark.span, SpanKind::black, side, dark.from, end);
    return true;
}

void FreezeBlackDetector::extend(std::optional<std::size_t>& span, SpanKind kind, Side side,
                                 core::Seconds from, core::Seconds to) {
    if (!span) {
        if (spans_.size() >= most_spans) return;
        span = spans_.size();
        spans_.push_back({kind, side, from, to});
    }
    spans_[*span].to = to;
}

}  // namespace qd::compare
