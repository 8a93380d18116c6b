// The segments of a track, one at a time: which comes next, in which level, and what becomes of it.

#include <algorithm>
#include <cmath>

#include "player/session_impl.hpp"

namespace qd::player {
namespace chr = std::chrono;
namespace {

constexpr std::size_t max_cached_inits = 32;
constexpr core::Seconds longest_retry_delay{4};
constexpr core::Seconds rounding_slack{0.02};
constexpr core::Seconds last_moment{0.5};  // before it is needed, a segment that cannot be had is given up

std::string init_key(const InitSection& init) {
    return init.range ? fmt::format("{}#{}+{}", init.url, init.range->offset, init.range->length) : init.url;
}

/// What no repetition will cure.
bool permanent(const core::Error& error) {
    switch (error.code) {
        case core::Errc::not_found:
        case core::Errc::permission_denied:
        case core::Errc::unauthenticated:
        case core::Errc::conflict:
        case core::Errc::too_large:
        case core::Errc::invalid_argument:
        case core::Errc::unprocessable:
            return true;
        default:
            return false;
    }
}

}  // namespace

void PlayerSession::Impl::advance(Track track, core::SteadyTime now) {
    TrackState& state = state_of(track);
    if (!streaming_begun_) return;
    if (state.loading && track == Track::main) consider_abandoning(state, now);
    // A gap or a skipped segment leads straight to the next one; the bound only guards against a defect.
    for (int rounds = 0;
         rounds < 1000 && !state.loading && !state.complete && state_ == SessionState::streaming; ++rounds) {
        const core::Seconds ahead = buffered(state, now);
        if (ahead >= options_.buffer_goal) {
            if (playhead_rate_ > 0)
                wake_at(core::after(now, (ahead - options_.buffer_goal) / playhead_rate_ + core::Seconds(0.05)));
            return;
        }
        if (held_bytes() >= options_.buffer_bytes) return;  // pull() goes on
        if (!choose_segment(state, track, now)) return;
    }
    if (state.loading) start_parts(state, track, now);
}

/// Sets state.loading or state.complete, or skips; false when a playlist must come first.
bool PlayerSession::Impl::choose_segment(TrackState& state, Track track, core::SteadyTime now) {
    if (track == Track::main) decide_level(state, now);
    PlaylistTracker* playlist = tracker(track, state.level);
    if (playlist == nullptr || !playlist->known()) {
        pump_playlists(now);
        return false;
    }
    const TimelineSegment* segment = nullptr;
    if (state.next_sequence) {
        segment = playlist->by_sequence(*state.next_sequence);
        if (segment == nullptr && !playlist->segments().empty() &&
            *state.next_sequence < playlist->segments().front().sequence) {
            // The window has moved past us: what lay between is lost.
            const TimelineSegment& oldest = playlist->segments().front();
            SkippedSegment lost{track, *state.next_sequence, state.next_position,
                                oldest.start - state.next_position, "it has left the live window"};
            tell([lost = std::move(lost)](SessionObserver& observer) { observer.on_skipped(lost); });
            state.after_gap = true;
            segment = &oldest;
        }
    } else {
        // Boundaries of levels differ by rounding: half a frame into the position wanted is the segment
        // wanted.
        segment = playlist->at(state.next_position + state.slack);
    }
    if (segment == nullptr) {
        if (!playlist->complete()) return false;
        state.complete = true;
        notify_available();
        return true;
    }
    Loading loading;
    loading.source = *segment;
    loading.level = state.level;
    loading.began = now;
    loading.data.needed = true;
    state.loading = std::move(loading);
    if (segment->gap) {
        skip_segment(state, track, "the playlist declares it missing");
        return true;
    }
    if (segment->encrypted) {
        fail({core::Errc::unprocessable, "the title is encrypted, which this player cannot decrypt"});
        return false;
    }
    if (segment->init) {
        const auto cached = inits_.find(init_key(*segment->init));
        state.loading->init.needed = true;
        if (cached != inits_.end()) {
            state.loading->init.done = true;
            state.loading->init_bytes = cached->second;
        }
    }
    return true;
}

void PlayerSession::Impl::decide_level(TrackState& state, core::SteadyTime now) {
    AbrInputs inputs;
    for (const LevelInfo& level : presentation_.levels) inputs.level_bps.push_back(level.bandwidth_bps);
    inputs.current = state.level;
    inputs.locked = options_.locked_level;
    inputs.max_level = cap_level();
    inputs.estimate_bps = estimator_.bits_per_second();
    inputs.ttfb = estimator_.ttfb();
    inputs.buffered = buffered(state, now);
    inputs.segment_duration = core::Seconds(2);
    inputs.remaining = core::Seconds(-1);
    std::uint64_t sequence = state.next_sequence.value_or(0);
    if (const PlaylistTracker* playlist = tracker(Track::main, state.level);
        playlist != nullptr && playlist->known()) {
        const TimelineSegment* next = state.next_sequence ? playlist->by_sequence(*state.next_sequence)
                                                          : playlist->at(state.next_position + state.slack);
        if (next == nullptr) return;  // nothing to choose a level for
        inputs.segment_duration = next->duration;
        sequence = next->sequence;
        if (playlist->complete()) inputs.remaining = playlist->end() - playhead(now);
    }
    AbrDecision decision = choose_level(std::move(inputs));
    if (!options_.locked_level && failed_levels_.contains(decision.level)) {
        // The nearest lower level whose playlist can be had, else the nearest higher one.
        const int count = int(presentation_.levels.size());
        for (int step = 1; step < 2 * count; ++step) {
            const int level = step <= decision.level ? decision.level - step : step;
            if (level < 0 || level >= count || failed_levels_.contains(level)) continue;
            decision.level = level;
            decision.reason = AbrReason::failed;
            break;
        }
    }
    decision.at = now;
    decision.sequence = sequence;
    if (decision.level != state.level) {
        state.level = decision.level;
        state.next_sequence.reset();
    }
    tell([decision = std::move(decision)](SessionObserver& observer) { observer.on_decision(decision); });
}

void PlayerSession::Impl::start_parts(TrackState& state, Track track, core::SteadyTime now) {
    Loading& loading = *state.loading;
    for (Part* part : {&loading.init, &loading.data}) {
        if (!part->needed || part->done || part->fetch != 0) continue;
        if (part->retry_at > now) {
            wake_at(part->retry_at);
            continue;
        }
        const bool is_init = part == &loading.init;
        FetchRecord record;
        record.kind = is_init ? FetchKind::init : FetchKind::segment;
        record.track = track;
        record.url = is_init ? loading.source.init->url : loading.source.url;
        record.sequence = loading.source.sequence;
        record.attempt = part->failures + 1;
        if (track == Track::main) {
            record.level = loading.level;
            record.level_bps = presentation_.levels[std::size_t(loading.level)].bandwidth_bps;
        }
        record.media_start = loading.source.start;
        if (!is_init) record.media_duration = loading.source.duration;
        part->fetch =
            start_fetch(std::move(record), is_init ? loading.source.init->range : loading.source.range, now,
                        !options_.discard_bodies);
    }
}

void PlayerSession::Impl::consider_abandoning(TrackState& state, core::SteadyTime now) {
    const Loading& loading = *state.loading;
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
    inputs.buffered = buffered(state, now);
    inputs.segment_duration = loading.source.duration;
    const core::SteadyTime first_check =
        core::after(fetch.began, first_abandon_check(inputs.ttfb, inputs.segment_duration));
    wake_at(first_check > now ? first_check : core::after(now, abandon_check_period));
    std::optional<int> lower = should_abandon(inputs);
    while (lower && *lower > 0 && failed_levels_.contains(*lower)) --*lower;
    if (!lower || failed_levels_.contains(*lower)) return;

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
    decision.inputs.ttfb = inputs.ttfb;
    decision.inputs.buffered = inputs.buffered;
    decision.inputs.segment_duration = inputs.segment_duration;
    tell([decision = std::move(decision)](SessionObserver& observer) { observer.on_decision(decision); });
    drop_loading(state);
    state.level = *lower;
    state.next_sequence.reset();
}

void PlayerSession::Impl::part_arrived(const Fetch& fetch, std::shared_ptr<const std::string> body,
                                       std::uint64_t bytes) {
    const Track track = fetch.record.track;
    TrackState& state = state_of(track);
    if (!state.loading) return;
    Loading& loading = *state.loading;
    const bool is_init = fetch.record.kind == FetchKind::init;
    Part& part = is_init ? loading.init : loading.data;
    if (part.fetch != fetch.id) return;
    part.fetch = 0;
    part.done = true;
    if (is_init) {
        if (inits_.size() >= max_cached_inits) inits_.clear();
        inits_[init_key(*loading.source.init)] = body;
        loading.init_bytes = std::move(body);
    } else {
        loading.bytes = bytes;
        loading.data_bytes = std::move(body);
    }
    if (loading.data.done && (!loading.init.needed || loading.init.done)) segment_ready(state, track);
}

void PlayerSession::Impl::part_failed(const Fetch& fetch, const core::Error& error, core::SteadyTime now) {
    const Track track = fetch.record.track;
    TrackState& state = state_of(track);
    if (!state.loading) return;
    Part& part = fetch.record.kind == FetchKind::init ? state.loading->init : state.loading->data;
    if (part.fetch != fetch.id) return;
    part.fetch = 0;
    ++part.failures;
    part.retry_at =
        core::after(now, std::min(core::Seconds(options_.retry_delay) * std::exp2(std::min(part.failures, 10u) - 1),
                            longest_retry_delay));
    if (outage(fetch, error, now) || part.failures < options_.attempts) return;
    // A server in trouble may recover while the buffer lasts: a skip can wait until the playhead is near.
    const core::Seconds until_needed = buffered(state, now);
    if (!permanent(error) && until_needed > last_moment) {
        part.retry_at = std::min(part.retry_at, core::after(now, until_needed / 2));
        return;
    }
    skip_segment(state, track, error.message);
}

void PlayerSession::Impl::segment_ready(TrackState& state, Track track) {
    Loading loading = std::move(*state.loading);
    state.loading.reset();
    MediaSegment segment;
    segment.track = track;
    segment.epoch = epoch_;
    segment.sequence = loading.source.sequence;
    segment.level = loading.level;
    if (track == Track::main)
        segment.level_bps = presentation_.levels[std::size_t(loading.level)].bandwidth_bps;
    segment.start = loading.source.start;
    segment.duration = loading.source.duration;
    segment.discontinuity_sequence = loading.source.discontinuity_sequence;
    segment.follows_gap = std::exchange(state.after_gap, false);
    segment.bytes = loading.bytes;
    if (!options_.discard_bodies) {
        segment.init = std::move(loading.init_bytes);
        segment.data = std::move(loading.data_bytes);
        state.ready_bytes += segment.data->size();
    }
    state.skips_in_a_row = 0;
    state.next_sequence = loading.source.sequence + 1;
    state.next_position = loading.source.end();
    state.slack = rounding_slack;
    state.buffered_end = loading.source.end();
    state.ready.push_back(std::move(segment));
    notify_available();
}

void PlayerSession::Impl::skip_segment(TrackState& state, Track track, const std::string& reason) {
    const TimelineSegment source = state.loading->source;
    const int level = state.loading->level;
    drop_loading(state);
    SkippedSegment skipped{track, source.sequence, source.start, source.duration, reason};
    tell([skipped](SessionObserver& observer) { observer.on_skipped(skipped); });
    state.after_gap = true;
    state.next_position = source.end();
    state.slack = rounding_slack;
    if (state.level == level) state.next_sequence = source.sequence + 1;
    if (source.gap) return;
    if (++state.skips_in_a_row >= options_.give_up_after_skips)
        fail({core::Errc::unavailable,
              fmt::format("{} segments in a row could not be had: {}", state.skips_in_a_row, reason)});
}

void PlayerSession::Impl::drop_loading(TrackState& state) {
    if (!state.loading) return;
    cancel_fetch(state.loading->init.fetch);
    cancel_fetch(state.loading->data.fetch);
    state.loading.reset();
}

void PlayerSession::Impl::check_complete() {
    if (state_ != SessionState::streaming) return;
    for (const TrackState& state : tracks_)
        if (state.used && !state.complete) return;
    state_ = SessionState::complete;
    notify_available();
}

}  // namespace qd::player
