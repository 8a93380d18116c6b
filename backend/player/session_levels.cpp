// Which level a segment is loaded in, and when it is given up for a lower one.

#include <algorithm>

#include "player/session_impl.hpp"

namespace qd::player {
namespace chr = std::chrono;

void PlayerSession::Impl::decide_level(TrackState& state, core::SteadyTime now) {
    AbrInputs inputs;
    for (const LevelInfo& level : presentation_.levels) inputs.level_bps.push_back(level.bandwidth_bps);
    inputs.current = state.level;
    inputs.locked = options_.locked_level;
    inputs.max_level = cap_level();
    inputs.no_higher = state.ceiling.value_or(-1);
    inputs.estimate_bps = estimator_.bits_per_second();
    inputs.fill = fill();
    inputs.ttfb = estimator_.ttfb();
    inputs.buffered = buffered(state, now);
    inputs.segment_duration = core::Seconds(2);
    inputs.remaining = core::Seconds(-1);
    std::uint64_t sequence = state.next_sequence.value_or(0);
    bool for_segment = state.level < 0;
    if (const PlaylistTracker* playlist = tracker(Track::main, state.level);
        playlist != nullptr && playlist->known()) {
        const TimelineSegment* next = state.next_sequence ? playlist->by_sequence(*state.next_sequence)
                                                          : playlist->at(state.next_position + state.slack);
        if (next == nullptr) return;  // nothing to choose a level for
        inputs.segment_duration = next->duration;
        sequence = next->sequence;
        for_segment = true;
        (playlist->complete() ? inputs.remaining : inputs.to_live_edge) = playlist->end() - playhead(now);
    }
    AbrDecision decision = choose_level(std::move(inputs));
    if (!options_.locked_level && unusable(state, decision.level)) {
        if (const auto other = other_level(state, decision.level, true)) {
            decision.level = *other;
            decision.reason = AbrReason::failed;
        }
    }
    decision.at = now;
    decision.sequence = sequence;
    if (decision.level != state.level) {
        state.level = decision.level;
        state.next_sequence.reset();
    } else if (!for_segment) {
        return;  // the level's playlist is awaited: that was told when the level was chosen
    }
    tell([decision = std::move(decision)](SessionObserver& observer) { observer.on_decision(decision); });
}

double PlayerSession::Impl::fill() const {
    if (const auto measured = estimator_.fill()) return *measured;
    // Before the first segment: what the playlist says of the lowest level, which is likely to be the first.
    if (presentation_.levels.empty()) return 1;
    const LevelInfo& level = presentation_.levels.front();
    if (level.average_bps <= 0 || level.average_bps >= level.bandwidth_bps) return 1;
    return level.average_bps / level.bandwidth_bps;
}

void PlayerSession::Impl::consider_abandoning(TrackState& state, core::SteadyTime now) {
    Loading& loading = *state.loading;
    if (options_.locked_level || loading.level <= 0 || loading.data.fetch == 0) return;
    const auto at = fetches_.find(loading.data.fetch);
    if (at == fetches_.end()) return;
    const Fetch& fetch = at->second;
    AbandonInputs inputs;
    for (const LevelInfo& level : presentation_.levels) inputs.level_bps.push_back(level.bandwidth_bps);
    inputs.current = loading.level;
    inputs.loaded_bytes = fetch.progress->bytes;
    inputs.total_bytes = fetch.progress->announced;
    inputs.loading = now - fetch.began;
    if (const std::int64_t first = fetch.progress->first_byte_ns; first != 0)
        inputs.since_first_byte = now - core::SteadyTime(core::SteadyTime::duration(first));
    inputs.ttfb = estimator_.ttfb();
    inputs.estimate_bps = estimator_.bits_per_second();
    inputs.fill = fill();
    inputs.buffered = buffered(state, now);
    inputs.segment_duration = loading.source.duration;
    loading.progress.add(now, inputs.loaded_bytes);
    inputs.recent_bps = loading.progress.bps(now, abandon_window(inputs.buffered));
    const core::SteadyTime first_check =
        core::after(fetch.began, first_abandon_check(inputs.ttfb, inputs.segment_duration));
    wake_at(first_check > now ? first_check : core::after(now, abandon_check_period));
    std::optional<int> lower = should_abandon(inputs);
    while (lower && *lower > 0 && unusable(state, *lower)) --*lower;
    if (!lower || unusable(state, *lower)) return;

    // What came so far is the best measurement there is of a path that has just become slow.
    estimator_.add_transfer(inputs.loaded_bytes, inputs.since_first_byte);
    FetchRecord record = fetch.record;
    record.abandoned = true;
    record.bytes = inputs.loaded_bytes;
    record.elapsed = chr::duration_cast<chr::microseconds>(now - fetch.began);
    report(std::move(record));
    AbrDecision decision;
    decision.level = *lower;
    decision.reason = AbrReason::abandon;
    decision.at = now;
    decision.sequence = loading.source.sequence;
    decision.inputs.level_bps = std::move(inputs.level_bps);
    decision.inputs.current = loading.level;
    decision.inputs.estimate_bps = estimator_.bits_per_second();
    decision.inputs.fill = inputs.fill;
    decision.inputs.ttfb = inputs.ttfb;
    decision.inputs.buffered = inputs.buffered;
    decision.inputs.segment_duration = inputs.segment_duration;
    tell([decision = std::move(decision)](SessionObserver& observer) { observer.on_decision(decision); });
    drop_loading(state);
    state.level = *lower;
    state.ceiling = lower;
    state.next_sequence.reset();
}

}  // namespace qd::player
