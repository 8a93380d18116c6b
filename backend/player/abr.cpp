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

core::Seconds load_time(const AbrInputs& in, double level_bps, double usable_bps) {
    return in.ttfb + core::Seconds(level_bps * in.segment_duration.count() / usable_bps);
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

core::Seconds up_guard(core::Seconds segment_duration, core::Seconds remaining) {
    constexpr core::Seconds full{10};
    if (remaining < core::Seconds(0)) return full;
    return std::min(full, std::max(2 * segment_duration, remaining / 4));
}

core::Seconds down_guard(core::Seconds segment_duration, core::Seconds remaining) {
    return 2.5 * up_guard(segment_duration, remaining);
}

AbrDecision choose_level(AbrInputs inputs) {
    AbrDecision decision;
    decision.up_guard = up_guard(inputs.segment_duration, inputs.remaining);
    decision.down_guard = down_guard(inputs.segment_duration, inputs.remaining);
    const int top = int(inputs.level_bps.size()) - 1;
    const int cap = inputs.max_level < 0 ? top : std::min(inputs.max_level, top);
    const int current = std::min(inputs.current, top);
    const auto settle = [&](int level, AbrReason reason) {
        decision.level = level;
        decision.reason = reason;
        decision.inputs = std::move(inputs);
        return decision;
    };
    if (inputs.locked) return settle(std::clamp(*inputs.locked, 0, top), AbrReason::locked);

    const core::Seconds allowance =
        current < 0 ? std::max(inputs.buffered, startup_allowance) : inputs.buffered;
    const auto affordable = [&](int level) {
        const double usable = (level > current ? up_factor : stay_factor) * inputs.estimate_bps;
        return inputs.level_bps[std::size_t(level)] <= usable;
    };
    int best = -1;  // carried by the estimate, and here before the buffer runs dry
    for (int level = cap; level >= 0 && best < 0; --level) {
        const double usable = (level > current ? up_factor : stay_factor) * inputs.estimate_bps;
        if (affordable(level) && load_time(inputs, inputs.level_bps[std::size_t(level)], usable) < allowance)
            best = level;
    }
    if (current < 0) return settle(std::max(best, 0), AbrReason::initial);
    // A cap that came later, such as a smaller window, is obeyed at once.
    if (current > cap) return settle(best < 0 ? 0 : best, AbrReason::down);
    if (best > current) {
        if (inputs.buffered >= decision.up_guard) return settle(best, AbrReason::up);
        return settle(current, AbrReason::up_deferred);
    }
    if (best == current) return settle(current, AbrReason::keep);
    if (inputs.buffered >= decision.down_guard) return settle(current, AbrReason::down_deferred);
    if (best >= 0) return settle(best, AbrReason::down);
    return settle(0, current == 0 ? AbrReason::keep : AbrReason::emergency);
}

core::Seconds first_abandon_check(core::Seconds ttfb, core::Seconds segment_duration) {
    return std::max(ttfb, segment_duration / 2);
}

std::optional<int> should_abandon(const AbandonInputs& in) {
    if (in.current <= 0 || in.loading <= first_abandon_check(in.ttfb, in.segment_duration))
        return std::nullopt;
    const auto level_bytes = [&](int level) {
        return in.level_bps[std::size_t(level)] * in.segment_duration.count() / 8;
    };
    const bool streaming = in.loaded_bytes > 0 && in.since_first_byte > core::Seconds(0);
    const double rate =
        streaming ? double(in.loaded_bytes) / in.since_first_byte.count() : in.estimate_bps / 8;
    if (rate <= 0) return 0;  // nothing comes at all: the smallest is the best bet
    const double expected = in.total_bytes > 0 ? double(in.total_bytes)
                                               : std::max(double(in.loaded_bytes), level_bytes(in.current));
    const double missing = std::max(0.0, expected - double(in.loaded_bytes));
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
