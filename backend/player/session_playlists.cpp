// Opening and playlists: from the multivariant playlist to the first choice of a level, reloads, and outages.

#include <algorithm>
#include <cmath>

#include "player/session_impl.hpp"

namespace qd::player {
namespace chr = std::chrono;
void PlayerSession::Impl::pump() {
    wanted_wake_.reset();
    if (state_ != SessionState::loading && state_ != SessionState::streaming) return;
    const core::SteadyTime now = clock_.steady_now();
    if (!multivariant_.done) {
        if (multivariant_.fetch == 0) {
            if (multivariant_.retry_at <= now) {
                FetchRecord record;
                record.kind = FetchKind::multivariant;
                record.url = url_;
                record.attempt = multivariant_.failures + 1;
                multivariant_.fetch = start_fetch(std::move(record), std::nullopt, now, true);
            } else {
                wake_at(multivariant_.retry_at);
            }
        }
    } else {
        pump_playlists(now);
        for (const Track track : {Track::main, Track::audio})
            if (state_of(track).used &&
                (state_ == SessionState::loading || state_ == SessionState::streaming))
                advance(track, now);
        check_complete();
    }
    arm_timer(now);
}

void PlayerSession::Impl::pump_playlists(core::SteadyTime now) {
    for (const Track track : {Track::main, Track::audio}) {
        TrackState& state = state_of(track);
        PlaylistTracker* playlist = state.used ? tracker(track, state.level) : nullptr;
        if (playlist == nullptr || !playlist->due()) continue;
        if (*playlist->due() > now) {
            wake_at(*playlist->due());
            continue;
        }
        FetchRecord record;
        record.kind = FetchKind::media_playlist;
        record.track = track;
        record.url = playlist->url();
        record.level = state.level;
        record.attempt = playlist->failures() + 1;
        playlist->begin_load(now);
        start_fetch(std::move(record), std::nullopt, now, true);
    }
}

void PlayerSession::Impl::multivariant_arrived(const Fetch& fetch, std::string body) {
    FetchRecord record = fetch.record;
    auto presentation = read_presentation(body, record.url);
    if (!presentation) {
        record.error = presentation.error();
        report(record);
        multivariant_failed(fetch, presentation.error());
        return;
    }
    report(record);
    multivariant_.done = true;
    multivariant_.fetch = 0;
    presentation_ = std::move(*presentation);
    trackers_.clear();
    for (const LevelInfo& level : presentation_.levels) trackers_.emplace_back(level.url);
    const core::SteadyTime now = clock_.steady_now();
    TrackState& main = state_of(Track::main);
    main.used = true;
    decide_level(main, now);
    if (presentation_.levels.size() == 1 && presentation_.levels.front().url == record.url) {
        // It was a media playlist all along: no need to fetch it twice.
        trackers_.front().begin_load(now);
        Fetch same = fetch;
        same.record.level = 0;
        playlist_arrived(same, std::move(body));
        return;
    }
    const std::string& audio = presentation_.audio_urls[std::size_t(main.level)];
    if (!audio.empty()) {
        audio_tracker_.emplace(audio);
        state_of(Track::audio).used = true;
        state_of(Track::audio).level = 0;
    }
}

void PlayerSession::Impl::multivariant_failed(const Fetch& fetch, core::Error error) {
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
    const bool first = !playlist->known();
    if (const auto taken = playlist->loaded(body, clock_.steady_now()); !taken) {
        record.error = taken.error();
        if (record.kind == FetchKind::media_playlist) report(record);
        playlist_failed(fetch, taken.error());
        return;
    }
    if (record.kind == FetchKind::media_playlist) report(record);
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
    PlaylistTracker* playlist = tracker(fetch.record.track, fetch.record.level);
    if (playlist == nullptr) return;
    const bool permanent = error.code == core::Errc::not_found || error.code == core::Errc::permission_denied;
    playlist->load_failed(now);
    const bool down = outage(fetch, error, now);
    if (state_ == SessionState::failed || down) return;
    // A playlist that is known may fail to reload for a while: what is listed can still be played.
    if (playlist->known() && playlist->failures() < 10) return;
    if (!permanent && playlist->failures() < options_.attempts) return;
    TrackState& main = state_of(Track::main);
    if (fetch.record.track == Track::main && !options_.locked_level) {
        failed_levels_.insert(fetch.record.level);
        if (failed_levels_.size() < trackers_.size()) {
            drop_loading(main);
            main.next_sequence.reset();
            decide_level(main, now);
            return;
        }
    }
    error.message = fmt::format("a playlist could not be loaded: {}", error.message);
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
    core::Seconds from = playlist.start();
    if (options_.start_at)
        from = std::clamp(*options_.start_at, playlist.start(), playlist.end());
    else if (!playlist.keeps_all())  // RFC 8216, 6.3.3: not less than three target durations from the end
        from = std::max(playlist.start(), playlist.end() - 3 * playlist.target_duration());
    if (from >= playlist.end() && !playlist.segments().empty()) from = playlist.segments().back().start;
    playhead_at_ = from;
    playhead_set_ = clock_.steady_now();
    playhead_rate_ = 0;
    for (TrackState& state : tracks_) {
        state.next_position = from;
        state.buffered_end = from;
    }
}

PresentationInfo PlayerSession::Impl::presentation_info() const {
    PresentationInfo info;
    info.levels = presentation_.levels;
    info.separate_audio = audio_tracker_.has_value();
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
