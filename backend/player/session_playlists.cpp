// Opening and playlists: from the multivariant playlist to the first choice of a level, reloads, and outages.

#include <algorithm>
#include <cmath>

#include "player/highest_level.hpp"
#include "player/session_impl.hpp"

namespace qd::player {
namespace chr = std::chrono;
void PlayerSession::Impl::pump() {
    wanted_wake_.reset();
    if (state_ != SessionState::loading && state_ != SessionState::streaming) return;
    const core::SteadyTime now = clock_.steady_now();
    if (!multivariant_.done) {
        const core::SteadyTime at = std::max(multivariant_.retry_at, held_until(url_));
        if (multivariant_.fetch == 0 && at <= now) {
            FetchRecord record;
            record.kind = FetchKind::multivariant;
            record.url = url_;
            record.attempt = multivariant_.failures + 1;
            multivariant_.fetch = start_fetch(std::move(record), std::nullopt, now, true);
        } else if (multivariant_.fetch == 0) {
            wake_at(at);
        }
    } else {
        pump_playlists(now);
        for (const Track track : {Track::main, Track::audio, Track::subtitles})
            if (state_of(track).used &&
                (state_ == SessionState::loading || state_ == SessionState::streaming))
                advance(track, now);
        check_complete();
    }
    arm_timer(now);
}

void PlayerSession::Impl::pump_playlists(core::SteadyTime now) {
    if (refresh_ != 0) return;
    for (const Track track : {Track::main, Track::audio, Track::subtitles}) open_playlist(track, now);
}

/// Loads the playlist of a track when that is due.
void PlayerSession::Impl::open_playlist(Track track, core::SteadyTime now) {
    TrackState& state = state_of(track);
    PlaylistTracker* playlist = state.used ? tracker(track, state.level) : nullptr;
    if (playlist == nullptr || !playlist->due()) return;
    if (track == Track::subtitles && !subtitles_may_load(now)) return;
    const core::SteadyTime at = std::max(*playlist->due(), held_until(playlist->url()));
    if (at > now) return wake_at(at);
    FetchRecord record;
    record.kind = FetchKind::media_playlist;
    record.track = track;
    record.url = playlist->url();
    record.level = track == Track::main ? state.level : -1;
    record.attempt = playlist->failures() + 1;
    playlist->begin_load(now);
    start_fetch(std::move(record), std::nullopt, now, true);
}

void PlayerSession::Impl::multivariant_arrived(const Fetch& fetch, std::string body) {
    FetchRecord record = fetch.record;
    auto presentation = read_presentation(body, record.url);
    if (refresh_ != 0 && fetch.id == refresh_) return refreshed(fetch, std::move(presentation));
    if (!presentation) {
        record.error = presentation.error();
        report(record);
        multivariant_failed(fetch, presentation.error());
        return;
    }
    if (!presentation->bare) report(record);
    multivariant_.done = true;
    multivariant_.fetch = 0;
    presentation_ = std::move(*presentation);
    note_ignored(presentation_.ignored);
    trackers_.clear();
    for (const LevelInfo& level : presentation_.levels)
        trackers_.emplace_back(level.url, presentation_.variables);
    const core::SteadyTime now = clock_.steady_now();
    TrackState& main = state_of(Track::main);
    main.used = true;
    decide_level(main, now);
    if (presentation_.bare) {
        // It was a media playlist all along: no need to fetch it twice.
        trackers_.front().begin_load(now);
        Fetch same = fetch;
        same.record.level = 0;
        playlist_arrived(same, std::move(body));
        return;
    }
    use_audio(wanted_audio_.value_or(presentation_.default_audio));
    if (subtitle_track_) use_subtitles(subtitle_track_);
}

void PlayerSession::Impl::multivariant_failed(const Fetch& fetch, core::Error error) {
    if (refresh_ != 0 && fetch.id == refresh_) {
        refresh_ = 0;  // what is wanted will be asked for as it is, and fail with its own reason
        return;
    }
    const core::SteadyTime now = clock_.steady_now();
    multivariant_.fetch = 0;
    ++multivariant_.failures;
    const bool down = outage(fetch, error, now);
    if (state_ == SessionState::failed) return;
    const bool permanent = error.code == core::Errc::not_found ||
                           error.code == core::Errc::permission_denied ||
                           error.code == core::Errc::unauthenticated;
    if (!down && (permanent || multivariant_.failures >= options_.attempts)) {
        error.message = fmt::format("the playlist could not be loaded: {}", error.message);
        fail(std::move(error));
        return;
    }
    multivariant_.retry_at =
        core::after(now, std::min(core::Seconds(options_.retry_delay) * std::exp2(multivariant_.failures - 1),
                                  core::Seconds(4)));
}

void PlayerSession::Impl::playlist_arrived(const Fetch& fetch, std::string body) {
    FetchRecord record = fetch.record;
    PlaylistTracker* playlist = tracker(record.track, record.level);
    if (playlist == nullptr) return;
    const core::SteadyTime now = clock_.steady_now();
    const bool first = !playlist->known();
    if (const auto taken = playlist->loaded(body, now, record.url); !taken) {
        record.error = taken.error();
        report(record);
        playlist_failed(fetch, taken.error());
        return;
    }
    report(record);
    if (record.track != Track::subtitles) note_playlist(*playlist, now);
    if (first) {
        // Timelines of live levels are joined to the first one known.
        const PlaylistTracker* reference = nullptr;
        for (const PlaylistTracker& other : trackers_)
            if (&other != playlist && other.known() && reference == nullptr) reference = &other;
        if (reference != nullptr) playlist->align_with(*reference);
    }
    if (record.track == Track::main) {
        failed_levels_.erase(record.level);
        publish_presentation();
    }
    begin_streaming();
}

void PlayerSession::Impl::playlist_failed(const Fetch& fetch, core::Error error) {
    const core::SteadyTime now = clock_.steady_now();
    const Track track = fetch.record.track;
    PlaylistTracker* playlist = tracker(track, fetch.record.level);
    if (playlist == nullptr) return;
    const bool permanent = error.code == core::Errc::not_found ||
                           error.code == core::Errc::permission_denied ||
                           error.code == core::Errc::unprocessable || fetch.record.status == 410;
    playlist->load_failed(now);
    // A playlist that is known may fail to reload for a while: what is listed can still be played.
    const bool patient = playlist->known() && playlist->failures() < 10;
    if (track == Track::subtitles) {
        if (!patient && (permanent || playlist->failures() >= options_.attempts)) subtitles_failed(error);
        return;
    }
    const bool down = outage(fetch, error, now);
    if (state_ == SessionState::failed || down) return;
    if (refresh_addresses(fetch.record, now)) return;
    if (patient || (!permanent && playlist->failures() < options_.attempts)) return;
    TrackState& state = state_of(track);
    if (track == Track::audio) {
        if (!try_elsewhere(state, track, error.message, true, now)) audio_failed(std::move(error), now);
        return;
    }
    if (!presentation_.backups[std::size_t(fetch.record.level)].empty() &&
        fetch.record.level == state.level && try_elsewhere(state, track, error.message, true, now))
        return;
    if (!options_.locked_level) {
        failed_levels_.insert(fetch.record.level);
        if (failed_levels_.size() < trackers_.size()) {
            drop_loading(state);
            state.next_sequence.reset();
            decide_level(state, now);
            return;
        }
    }
    error.message = fmt::format("a playlist could not be loaded: {}", error.message);
    fail(std::move(error));
}

/// Another track that speaks is better than silence.
void PlayerSession::Impl::audio_failed(core::Error error, core::SteadyTime now) {
    failed_audio_.insert(audio_track_);
    for (std::size_t i = 0; i < presentation_.audio_tracks.size(); ++i) {
        if (failed_audio_.contains(int(i))) continue;
        note("audio", fmt::format("the sound track '{}' could not be loaded ({}); '{}' is played instead",
                                  presentation_.audio_tracks[std::size_t(audio_track_)].name, error.message,
                                  presentation_.audio_tracks[i].name));
        use_audio(int(i));
        if (streaming_begun_) seek_to(playhead(now), false, now);
        begin_streaming();
        publish_presentation();
        return;
    }
    error.message = fmt::format("the sound's playlist could not be loaded: {}", error.message);
    fail(std::move(error));
}

void PlayerSession::Impl::begin_streaming() {
    if (streaming_begun_) return;
    TrackState& main = state_of(Track::main);
    const PlaylistTracker& playlist = trackers_[std::size_t(main.level)];
    if (!playlist.known()) return;
    if (audio_tracker_ && !audio_tracker_->known()) return;
    if (audio_tracker_) audio_tracker_->align_with(playlist);
    streaming_begun_ = true;
    state_ = SessionState::streaming;
    note_unheard_wishes(playlist);
    core::Seconds from = playlist.start();
    const auto stated = playlist.start_offset() ? playlist.start_offset() : presentation_.start_offset;
    if (options_.start_at)
        from = std::clamp(*options_.start_at, playlist.start(), playlist.end());
    else if (stated)
        from = std::clamp((*stated < core::Seconds(0) ? playlist.end() : playlist.start()) + *stated,
                          playlist.start(), playlist.end());
    else if (!playlist.keeps_all())  // RFC 8216, 6.3.3: not less than three target durations from the end
        from = std::max(playlist.start(), playlist.end() - 3 * playlist.pace());
    if (from >= playlist.end() && !playlist.segments().empty()) from = playlist.segments().back().start;
    playhead_at_ = from;
    playhead_set_ = clock_.steady_now();
    playhead_rate_ = 0;
    for (TrackState& state : tracks_) {
        state.next_position = from;
        state.buffered_end = from;
    }
}

/// What was asked for and is not there, in place of which something else is played.
void PlayerSession::Impl::note_unheard_wishes(const PlaylistTracker& playlist) {
    const int levels = int(presentation_.levels.size());
    if (options_.locked_level && *options_.locked_level != highest_level && *options_.locked_level >= levels)
        note("level",
             fmt::format("level {} was asked for, but the title has only {}, counted from 0: level {} "
                         "is played",
                         *options_.locked_level, levels, levels - 1));
    if (options_.start_at && *options_.start_at > playlist.end())
        note("start",
             fmt::format("{:.1f} s was asked for, but the title ends at {:.1f} s: its last segment is "
                         "played",
                         options_.start_at->count(), playlist.end().count()));
}

PresentationInfo PlayerSession::Impl::presentation_info() const {
    PresentationInfo info;
    info.levels = presentation_.levels;
    info.separate_audio = audio_tracker_.has_value();
    info.audio_tracks = presentation_.audio_tracks;
    info.subtitle_tracks = presentation_.subtitle_tracks;
    info.has_i_frames = !presentation_.i_frames.empty();
    // A level that was just switched to may not be known yet; another one tells the same.
    const PlaylistTracker* known = nullptr;
    for (const PlaylistTracker& playlist : trackers_)
        if (playlist.known() && (known == nullptr || &playlist == trackers_.data() + tracks_[0].level))
            known = &playlist;
    if (known == nullptr) return info;
    info.live = !known->complete();
    info.start = known->start();
    info.end = known->end();
    info.target_duration = known->target_duration();
    return info;
}

void PlayerSession::Impl::publish_presentation() {
    tell([info = presentation_info()](SessionObserver& observer) { observer.on_presentation(info); });
}

PlaylistTracker* PlayerSession::Impl::tracker(Track track, int level) {
    if (track == Track::audio) return audio_tracker_ ? &*audio_tracker_ : nullptr;
    if (track == Track::subtitles) return subtitle_tracker_ ? &*subtitle_tracker_ : nullptr;
    return level >= 0 && std::size_t(level) < trackers_.size() ? &trackers_[std::size_t(level)] : nullptr;
}

int PlayerSession::Impl::cap_level() const {
    if (options_.max_height <= 0) return -1;
    int cap = 0;
    for (std::size_t i = 0; i < presentation_.levels.size(); ++i)
        if (presentation_.levels[i].height <= options_.max_height) cap = int(i);
    return cap;
}

void PlayerSession::Impl::wake_at(core::SteadyTime at) {
    if (!wanted_wake_ || at < *wanted_wake_) wanted_wake_ = at;
}

void PlayerSession::Impl::arm_timer(core::SteadyTime now) {
    if (!wanted_wake_ || (timer_at_ && *timer_at_ <= *wanted_wake_)) return;
    timer_at_ = wanted_wake_;
    const auto delay = std::max(chr::ceil<chr::milliseconds>(*wanted_wake_ - now), chr::milliseconds(1));
    outbox_.add([self = shared_from_this(), delay, at = *wanted_wake_] {
        self->executor_.post_after(delay, [weak = std::weak_ptr(self), at] {
            const auto alive = weak.lock();
            if (!alive) return;
            {
                const std::lock_guard lock(alive->mutex_);
                if (alive->timer_at_ == at) alive->timer_at_.reset();
                alive->pump();
            }
            alive->outbox_.drain(alive->mutex_);
        });
    });
}

}  // namespace qd::player
