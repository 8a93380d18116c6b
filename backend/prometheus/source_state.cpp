#include "prometheus/source_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace qd::prometheus {
namespace {

constexpr std::array source_health_names{"unknown", "up", "slow", "partial", "skewed", "lost"};

/// A Date header stands for any moment of its second: its middle, give or take half a second; and the answer
/// was made at some moment between sending and receiving.
core::Seconds difference(const Asked& asked, core::WallTime peer_clock) {
    const core::Seconds middle = (asked.ended_at - asked.sent_at) / 2.0;
    return core::Seconds(peer_clock - asked.sent_at) + core::Seconds(0.5) - middle;
}

core::Seconds uncertainty(core::Seconds took) {
    return core::Seconds(0.5) + took / 2;
}

void take_answer(SourceState& state, const Asked& asked, const SourceLimits& limits) {
    state.failures = 0;
    state.answered_at = asked.ended_at;
    state.took = asked.ended_at - asked.sent_at;
    const bool slow = state.took > limits.slow;
    state.slow_answers = slow ? state.slow_answers + 1 : 0;
    state.quick_answers = slow ? 0 : state.quick_answers + 1;
    if (state.slow_answers >= limits.slow_run) state.is_slow = true;
    if (state.quick_answers >= limits.slow_run) state.is_slow = false;
    if (!asked.warnings.empty()) {
        state.warnings = asked.warnings;
        state.whole_answers = 0;
    } else if (++state.whole_answers >= limits.whole_run) {
        state.warnings.clear();
    }
    state.ahead.reset();
    if (asked.peer_clock) state.ahead = difference(asked, *asked.peer_clock);
}

}  // namespace

std::string_view to_string(SourceHealth health) {
    return source_health_names[std::size_t(health)];
}

SourceState advance(SourceState state, const Asked& asked, const SourceLimits& limits) {
    const SourceHealth before = state.health;
    if (asked.error.empty())
        take_answer(state, asked, limits);
    else
        ++state.failures;

    state.health = SourceHealth::up;
    state.reasons.clear();
    const auto trouble = [&](SourceHealth health, std::string reason) {
        state.health = std::max(state.health, health);
        state.reasons.push_back(std::move(reason));
    };
    // One failure may be chance for a source that has answered before; it is told, but loses nothing yet.
    if (state.failures > 0 && (state.failures >= limits.lost_run || !state.answered_at))
        trouble(SourceHealth::lost,
                fmt::format("no answer to the last {} questions: {}", state.failures, asked.error));
    if (state.ahead && std::abs(state.ahead->count()) > (limits.skew + uncertainty(state.took)).count())
        trouble(SourceHealth::skewed,
                fmt::format("its clock is {:.1f} s {} ours", std::abs(state.ahead->count()),
                            state.ahead->count() > 0 ? "ahead of" : "behind"));
    if (!state.warnings.empty())
        trouble(SourceHealth::partial, fmt::format("its answers may be partial: {}", state.warnings.front()));
    if (state.is_slow)
        trouble(SourceHealth::slow, fmt::format("its answers take {:.1f} s, longer than {:g} s",
                                                state.took.count(), limits.slow.count()));
    if (state.failures > 0 && state.health != SourceHealth::lost)
        trouble(SourceHealth::slow, fmt::format("the last question was not answered: {}", asked.error));
    if (state.health != before) state.since = asked.ended_at;
    return state;
}

}  // namespace qd::prometheus
