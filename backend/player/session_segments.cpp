// The segments of a track, one at a time: which comes next, in which level, and what becomes of it.

#include <algorithm>

#include "player/session_impl.hpp"

namespace qd::player {
namespace {

constexpr core::Seconds rounding_slack{0.02};
constexpr core::Seconds last_frame{0.1};

}  // namespace

void PlayerSession::Impl::advance(Track track, core::SteadyTime now) {
    TrackState& state = state_of(track);
    if (!streaming_begun_) return;
    if (state.loading && track == Track::main) consider_abandoning(state, now);
    // A gap or a skipped segment leads straight to the next one; of thousands, others get their turn between.
    if (refresh_ != 0 && !state.loading) return;  // addresses are on their way
    if (track == Track::subtitles && !state.loading && !subtitles_may_load(now)) return;
    int rounds = 0;
    for (; rounds < 1000 && !state.loading && !state.complete && state_ == SessionState::streaming &&
           refresh_ == 0;
         ++rounds) {
        const core::Seconds ahead = buffered(state, now);
        if (ahead >= options_.buffer_goal) {
            if (playhead_rate_ > 0)
                wake_at(
                    core::after(now, (ahead - options_.buffer_goal) / playhead_rate_ + core::Seconds(0.05)));
            return;
        }
        if (held_bytes() >= options_.buffer_bytes) return;  // pull() goes on
        if (!choose_segment(state, track, now)) return;
    }
    if (state.loading)
        start_parts(state, track, now);
    else if (rounds == 1000)
        wake_at(core::after(now, core::Seconds(0.001)));
}

/// Null when there is none yet, or none any more.
const TimelineSegment* PlayerSession::Impl::next_segment(TrackState& state, Track track,
                                                         const PlaylistTracker& playlist) {
    if (state.next_sequence && state.resets_seen != playlist.resets()) {
        note("playlist_reset",
             fmt::format("the {} playlist's numbers went back from {} to {}: it has begun anew",
                         to_string(track), *state.next_sequence,
                         playlist.segments().empty() ? 0 : playlist.segments().front().sequence));
        state.next_sequence.reset();
        state.next_position = std::max(state.next_position, playlist.start());
        state.after_gap = true;
        if (track == Track::main) cues_.clear();  // their clock was the old one's
    }
    state.resets_seen = playlist.resets();
    // Boundaries of levels differ by rounding: half a frame into the position wanted is the segment wanted.
    if (!state.next_sequence) return playlist.at(state.next_position + state.slack);
    if (playlist.segments().empty() || *state.next_sequence >= playlist.segments().front().sequence)
        return playlist.by_sequence(*state.next_sequence);
    // The window has moved past us: what lay between is lost.
    const TimelineSegment& oldest = playlist.segments().front();
    if (track != Track::subtitles) {
        SkippedSegment lost{track, *state.next_sequence, state.next_position,
                            oldest.start - state.next_position, "it has left the live window"};
        tell([lost = std::move(lost)](SessionObserver& observer) { observer.on_skipped(lost); });
    }
    state.after_gap = true;
    return &oldest;
}

/// Sets state.loading or state.complete, or skips; false when a playlist must come first.
bool PlayerSession::Impl::choose_segment(TrackState& state, Track track, core::SteadyTime now) {
    if (track == Track::main) decide_level(state, now);
    PlaylistTracker* playlist = tracker(track, state.level);
    if (playlist == nullptr || !playlist->known()) {
        pump_playlists(now);
        return false;
    }
    const TimelineSegment* segment = next_segment(state, track, *playlist);
    if (segment == nullptr) {
        if (!playlist->complete()) return false;
        state.complete = true;
        notify_available();
        return true;
    }
    if (track == Track::subtitles && cues_.holds(segment->sequence)) {
        advance_past(state, *segment);
        return true;
    }
    Loading loading;
    loading.source = *segment;
    loading.level = state.level;
    loading.began = now;
    loading.data.needed = true;
    state.loading = std::move(loading);
    if (segment->gap) {
        if (track == Track::main && move_level(state, true, now)) return true;
        skip_segment(state, track, "the playlist declares it missing");
        return true;
    }
    for (const auto* key : {&segment->key, segment->init ? &segment->init->key : nullptr}) {
        if (key == nullptr || !*key || (*key)->refusal.empty()) continue;
        if (track == Track::subtitles) {
            subtitles_failed({core::Errc::unprocessable, (*key)->refusal});
            return false;
        }
        fail({core::Errc::unprocessable, (*key)->refusal});
        return false;
    }
    need_parts(*state.loading);
    return true;
}

void PlayerSession::Impl::segment_ready(TrackState& state, Track track) {
    Loading loading = std::move(*state.loading);
    state.loading.reset();
    refresh_spent_ = false;
    if (refreshed_for_ == loading.source.sequence) refresh_gap_ = {};  // it has helped
    if (track == Track::subtitles) return take_subtitles(state, std::move(loading));
    const core::Seconds elapsed = clock_.steady_now() - playhead_set_;
    // Whoever stalls stands at its last frame, at rate 0.
    const bool dry = playhead_at_ + playhead_rate_ * elapsed >= state.buffered_end - last_frame;
    if (dry && !state.after_gap) starved_ = true;
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
    segment.recorded = loading.source.program_date_time;
    segment.follows_gap = std::exchange(state.after_gap, false);
    segment.bytes = loading.bytes;
    if (track == Track::main && segment.level_bps <= 0 && segment.duration > core::Seconds(0))
        segment.level_bps = double(segment.bytes) * 8 / segment.duration.count();
    if (!options_.discard_bodies) {
        segment.init = std::move(loading.init_bytes);
        segment.data = std::move(loading.data_bytes);
        state.ready_bytes += segment.data->size();
    }
    if (track == Track::main) note_media_clock(segment);
    state.skips_in_a_row = 0;
    advance_past(state, loading.source);
    state.ready.push_back(std::move(segment));
    notify_available();
}

void PlayerSession::Impl::advance_past(TrackState& state, const TimelineSegment& source) {
    state.next_sequence = source.sequence + 1;
    state.next_position = source.end();
    state.slack = rounding_slack;
    state.buffered_end = source.end();
    state.failed_here.clear();
    state.ceiling.reset();
}

void PlayerSession::Impl::skip_segment(TrackState& state, Track track, const std::string& reason) {
    const TimelineSegment source = state.loading->source;
    const int level = state.loading->level;
    drop_loading(state);
    state.failed_here.clear();
    state.ceiling.reset();
    state.after_gap = true;
    state.next_position = source.end();
    state.slack = rounding_slack;
    if (state.level == level) state.next_sequence = source.sequence + 1;
    if (track == Track::subtitles) {
        state.buffered_end = source.end();
        note("subtitles", fmt::format("subtitles from {:.1f} s to {:.1f} s are missing: {}",
                                      source.start.count(), source.end().count(), reason));
        return;
    }
    SkippedSegment skipped{track, source.sequence, source.start, source.duration, reason};
    tell([skipped](SessionObserver& observer) { observer.on_skipped(skipped); });
    if (source.gap) return;
    if (++state.skips_in_a_row >= options_.give_up_after_skips)
        fail({core::Errc::unavailable,
              fmt::format("{} segments in a row could not be had: {}", state.skips_in_a_row, reason)});
}

void PlayerSession::Impl::drop_loading(TrackState& state) {
    if (!state.loading) return;
    for (const Part* part :
         {&state.loading->init_key, &state.loading->data_key, &state.loading->init, &state.loading->data})
        cancel_fetch(part->fetch);
    state.loading.reset();
}

void PlayerSession::Impl::check_complete() {
    if (state_ != SessionState::streaming) return;
    for (const TrackState& state : tracks_)
        if (state.used && !state.complete) return;
    state_ = SessionState::complete;
    for (const Track track : {Track::main, Track::audio, Track::subtitles}) cancel_playlists(track);
    notify_available();
}

}  // namespace qd::player
