// The tracks beside the picture. Another sound goes on at the playhead; subtitles never hold the picture up,
// and their segments become cues as they come.

#include <fmt/format.h>

#include <algorithm>

#include "player/media_time.hpp"
#include "player/session_impl.hpp"

namespace qd::player {
namespace {

constexpr core::Seconds picture_first{2};  // so much of the picture goes before any subtitle

}  // namespace

/// Of presentation_.audio_tracks; -1: none.
void PlayerSession::Impl::use_audio(int index) {
    TrackState& state = state_of(Track::audio);
    drop_loading(state);
    cancel_playlists(Track::audio);
    state = {};
    audio_tracker_.reset();
    const int count = int(presentation_.audio_tracks.size());
    audio_track_ = count == 0 ? -1 : std::clamp(index, 0, count - 1);
    if (audio_track_ < 0) return;
    const TrackInfo& track = presentation_.audio_tracks[std::size_t(audio_track_)];
    if (track.url.empty()) return;  // it comes with the picture
    audio_tracker_.emplace(track.url, presentation_.variables);
    state.used = true;
    state.level = 0;
}

std::uint64_t PlayerSession::Impl::select_audio(int index) {
    std::uint64_t epoch = 0;
    {
        const std::lock_guard lock(mutex_);
        wanted_audio_ = index;
        const int count = int(presentation_.audio_tracks.size());
        const bool other = count > 0 && std::clamp(index, 0, count - 1) != audio_track_;
        if (other && state_ != SessionState::failed && multivariant_.done) {
            const core::SteadyTime now = clock_.steady_now();
            const core::Seconds position = playhead(now);
            failed_audio_.clear();
            use_audio(index);
            if (streaming_begun_)
                seek_to(position, false, now);
            else
                begin_streaming();  // the sound may have been all that was missing
            publish_presentation();
            pump();
        }
        epoch = epoch_;
    }
    outbox_.drain(mutex_);
    return epoch;
}

void PlayerSession::Impl::use_subtitles(std::optional<int> index) {
    TrackState& state = state_of(Track::subtitles);
    drop_loading(state);
    cancel_playlists(Track::subtitles);
    state = {};
    subtitle_tracker_.reset();
    cues_.clear_text();
    const int count = int(presentation_.subtitle_tracks.size());
    subtitle_track_.reset();
    if (!index || count == 0) return;
    subtitle_track_ = std::clamp(*index, 0, count - 1);
    const TrackInfo& track = presentation_.subtitle_tracks[std::size_t(*subtitle_track_)];
    subtitle_tracker_.emplace(track.url, presentation_.variables);
    state.used = true;
    state.level = 0;
    const core::Seconds from = streaming_begun_ ? playhead(clock_.steady_now()) : core::Seconds(0);
    state.next_position = state.buffered_end = from;
}

void PlayerSession::Impl::select_subtitles(std::optional<int> index) {
    {
        const std::lock_guard lock(mutex_);
        if (!multivariant_.done) {
            subtitle_track_ = index;
        } else if (state_ != SessionState::failed) {
            use_subtitles(index);
            if (subtitle_track_ && state_ == SessionState::complete) state_ = SessionState::streaming;
            pump();
        }
    }
    outbox_.drain(mutex_);
}

std::vector<Cue> PlayerSession::Impl::subtitles_at(core::Seconds position) const {
    const std::lock_guard lock(mutex_);
    return cues_.at(position);
}

bool PlayerSession::Impl::subtitles_may_load(core::SteadyTime now) const {
    const TrackState& main = tracks_[std::size_t(Track::main)];
    return streaming_begun_ &&
           (main.complete || buffered(now) >= std::min(picture_first, options_.buffer_goal));
}

/// For good: they are off, and that is said.
void PlayerSession::Impl::subtitles_failed(const core::Error& error) {
    const std::string name =
        subtitle_track_ ? presentation_.subtitle_tracks[std::size_t(*subtitle_track_)].name : std::string();
    note("subtitles", fmt::format("the subtitles '{}' cannot be had and are off: {}", name, error.message));
    use_subtitles(std::nullopt);
}

void PlayerSession::Impl::take_subtitles(TrackState& state, Loading loading) {
    const TimelineSegment source = std::move(loading.source);
    advance_past(state, source);
    state.skips_in_a_row = 0;
    if (!loading.data_bytes || options_.discard_bodies) return;
    auto text = hls::parse_webvtt(*loading.data_bytes);
    if (!text) {
        note("subtitles",
             fmt::format("subtitles from {:.1f} s on cannot be read: {}", source.start.count(),
                         text.error().message),
             text.error().message);
        return;
    }
    cues_.add(source.sequence,
              {source.start, source.duration, source.discontinuity_sequence, std::move(*text)});
    notify_available();
}

/// A picture segment tells where its clock stands; cues are laid against that.
void PlayerSession::Impl::note_media_clock(const MediaSegment& segment) {
    if (presentation_.subtitle_tracks.empty() || !segment.data) return;
    const auto time = first_timestamp(segment.init ? *segment.init : std::string_view(), *segment.data);
    if (time) cues_.set_clock(segment.discontinuity_sequence, *time, segment.start);
}

}  // namespace qd::player
