#include "player/abr.hpp"

#include <algorithm>

namespace qd::player {
namespace {
constexpr double stay_factor = 0.95;  // of the estimate, for the current level and those below
constexpr double up_factor = 0.70;    // for those above
constexpr double abandon_factor =
    0.8;  // of the rate seen, for the segment that would replace the one at hand
// Nothing has been buffered yet: a first segment may take so long (hls.js' maxStarvationDelay).
constexpr core::Seconds startup_allowance{4};
// Buffer above the reserve may be spent within so long: at rate r, (buffer - reserve) / horizon x r more than
// r can be afforded until the reserve is all that is left.
constexpr core::Seconds spending_horizon{10};
// A level held is kept down to this part of the reserve that was asked of it when going up: without a gap
// between the two, the level would change with every segment.
constexpr double keep_reserve = 0.5;
constexpr double live_edge_part = 0.75;  // of what a live window offers, ExoPlayer's fraction

double factor_for(const AbrInputs& in, int level) {
    return level > in.current ? up_factor : stay_factor;
}

/// The bandwidth a level may have: the estimate's part, and what the buffer above the reserve pays for.
double usable_bps(const AbrInputs& in, int level, core::Seconds reserve) {
    const core::Seconds kept = level > in.current ? reserve : keep_reserve * reserve;
    core::Seconds horizon = spending_horizon;
    // Nothing needs to be left for after the end.
    if (in.remaining >= core::Seconds(0))
        horizon = std::clamp(in.remaining - in.buffered, in.segment_duration, spending_horizon);
    const double spent = std::max(0.0, (in.buffered - kept) / horizon);
    return (factor_for(in, level) + spent) * in.estimate_bps;
}

double needed_bps(const AbrInputs& in, int level) {
    return in.fill * in.level_bps[std::size_t(level)];
}

core::Seconds load_time(const AbrInputs& in, int level) {
    return in.ttfb + core::Seconds(needed_bps(in, level) * in.segment_duration.count() /
                                   (factor_for(in, level) * in.estimate_bps));
}
}  // namespace

std::string_view to_string(AbrReason reason) {
    switch (reason) {
        case AbrReason::initial:
            return "initial";
        case AbrReason::locked:
            return "locked";
        case AbrReason::keep:
            return "keep";
        case AbrReason::up:
            return "up";
        case AbrReason::surplus:
            return "surplus";
        case AbrReason::up_deferred:
            return "up deferred";
        case AbrReason::down:
            return "down";
        case AbrReason::down_deferred:
            return "down deferred";
        case AbrReason::emergency:
            return "emergency";
        case AbrReason::abandon:
            return "abandon";
        case AbrReason::failed:
            return "failed";
    }
    return "keep";
}

core::Seconds up_guard(core::Seconds segment_duration, core::Seconds remaining, core::Seconds to_live_edge) {
    constexpr core::Seconds full{10};
    // A live window may never hold ten seconds ahead of the playhead, nor the segment that is chosen now.
    if (to_live_edge >= core::Seconds(0))
        return std::clamp(live_edge_part * (to_live_edge - segment_duration), core::Seconds(0), full);
    if (remaining < core::Seconds(0)) return full;
    return std::min(full, std::max(2 * segment_duration, remaining / 4));
}

core::Seconds down_guard(core::Seconds up_guard) {
    return 2.5 * up_guard;
}

AbrDecision choose_level(AbrInputs inputs) {
    AbrDecision decision;
    decision.up_guard = up_guard(inputs.segment_duration, inputs.remaining, inputs.to_live_edge);
    decision.down_guard = down_guard(decision.up_guard);
    const int top = int(inputs.level_bps.size()) - 1;
    inputs.current = std::min(inputs.current, top);
    const int current = inputs.current;
    int cap = inputs.max_level < 0 ? top : std::min(inputs.max_level, top);
    if (inputs.no_higher >= 0) cap = std::min(cap, inputs.no_higher);
    const auto settle = [&](int level, AbrReason reason) {
        decision.level = level;
        decision.reason = reason;
        decision.usable_bps = usable_bps(inputs, level, decision.up_guard);
        decision.inputs = std::move(inputs);
        return decision;
    };
    if (inputs.locked) return settle(std::clamp(*inputs.locked, 0, top), AbrReason::locked);

    const core::Seconds allowance =
        current < 0 ? std::max(inputs.buffered, startup_allowance) : inputs.buffered;
    int best = -1;  // paid for by the estimate and the buffer, and here before that runs dry
    for (int level = cap; level >= 0 && best < 0; --level)
        if (needed_bps(inputs, level) <= usable_bps(inputs, level, decision.up_guard) &&
            load_time(inputs, level) < allowance)
            best = level;
    if (current < 0) return settle(std::max(best, 0), AbrReason::initial);
    // A cap that came later, such as a smaller window, is obeyed at once.
    if (current > cap) return settle(best < 0 ? 0 : best, AbrReason::down);
    if (best > current) {
        if (inputs.buffered < decision.up_guard) return settle(current, AbrReason::up_deferred);
        const bool carried = needed_bps(inputs, best) <= up_factor * inputs.estimate_bps;
        return settle(best, carried ? AbrReason::up : AbrReason::surplus);
    }
    if (best == current) return settle(current, AbrReason::keep);
    if (inputs.buffered >= decision.down_guard) return settle(current, AbrReason::down_deferred);
    if (best >= 0) return settle(best, AbrReason::down);
    return settle(0, current == 0 ? AbrReason::keep : AbrReason::emergency);
}

core::Seconds first_abandon_check(core::Seconds ttfb, core::Seconds segment_duration) {
    return std::max(ttfb, segment_duration / 2);
}

core::Seconds abandon_window(core::Seconds buffered) {
    return std::max(core::Seconds(2), buffered / 2);
}

std::optional<int> should_abandon(const AbandonInputs& in) {
    if (in.current <= 0 || in.loading <= first_abandon_check(in.ttfb, in.segment_duration))
        return std::nullopt;
    const auto level_bytes = [&](int level) {
        return in.fill * in.level_bps[std::size_t(level)] * in.segment_duration.count() / 8;
    };
    const bool streaming = in.loaded_bytes > 0 && in.since_first_byte > core::Seconds(0);
    double rate = streaming ? double(in.loaded_bytes) / in.since_first_byte.count() : in.estimate_bps / 8;
    if (in.recent_bps) rate = std::min(rate, *in.recent_bps / 8);
    const double expected = in.total_bytes > 0 ? double(in.total_bytes)
                                               : std::max(double(in.loaded_bytes), level_bytes(in.current));
    const double missing = std::max(0.0, expected - double(in.loaded_bytes));
    if (rate <= 0) return level_bytes(0) < missing ? std::optional<int>(0) : std::nullopt;
    const core::Seconds rest = core::Seconds(missing / rate) + (streaming ? core::Seconds(0) : in.ttfb);
    if (rest <= in.buffered) return std::nullopt;
    core::Seconds replaced{};
    int level = in.current - 1;
    for (;; --level) {
        replaced = in.ttfb + core::Seconds(level_bytes(level) / (abandon_factor * rate));
        if (level == 0 || replaced < in.buffered) break;
    }
    if (replaced >= rest) return std::nullopt;
    // Where even the lowest would take ten times its own length, starting over only adds to the loss
    // (hls.js).
    if (replaced > 10 * in.segment_duration) return std::nullopt;
    return level;
}

}  // namespace qd::player
