#include "player/session.hpp"

#include <algorithm>

#include "http/url.hpp"
#include "player/session_impl.hpp"

namespace qd::player {

std::string_view to_string(SessionState state) {
    switch (state) {
        case SessionState::idle:
            return "idle";
        case SessionState::loading:
            return "loading";
        case SessionState::streaming:
            return "streaming";
        case SessionState::complete:
            return "complete";
        case SessionState::failed:
            return "failed";
    }
    return "idle";
}

void PlayerSession::Impl::reset() {
    while (!fetches_.empty()) cancel_fetch(fetches_.begin()->first);
    error_.reset();
    multivariant_ = {};
    presentation_ = {};
    trackers_.clear();
    failed_levels_.clear();
    failed_audio_.clear();
    audio_tracker_.reset();
    subtitle_tracker_.reset();
    audio_track_ = -1;
    wanted_audio_.reset();
    subtitle_track_.reset();
    cues_.clear();
    streaming_begun_ = false;
    tracks_ = {};
    inits_.clear();
    inits_bytes_ = 0;
    keys_.clear();
    holds_.clear();
    noted_.clear();
    refresh_ = 0;
    refresh_spent_ = false;
    refreshed_at_.reset();
    refreshed_for_.reset();
    refresh_gap_ = {};
    starved_ = false;
    playhead_at_ = {};
    playhead_rate_ = 0;
    outage_since_.reset();
    ++epoch_;
    state_ = SessionState::idle;
}

void PlayerSession::Impl::open(std::string url, SessionOptions options) {
    {
        const std::lock_guard lock(mutex_);
        if (shut_down_) return;
        reset();
        options_ = std::move(options);
        options_.attempts = std::max(options_.attempts, 1u);
        if (options_.session_id.empty()) options_.session_id = random_.hex(8);
        estimator_ = ThroughputEstimator(options_.initial_bps);
        url_ = std::move(url);
        const auto parsed = http::Url::parse(url_);
        if (!parsed) {
            fail(parsed.error());
        } else {
            origin_ = parsed->origin();
            if (options_.session_in_url && !http::Query::parse(parsed->query).get("s"))
                url_ += fmt::format("{}s={}", url_.find('?') == std::string::npos ? '?' : '&',
                                    http::percent_encode(options_.session_id));
            state_ = SessionState::loading;
        }
        pump();
    }
    outbox_.drain(mutex_);
}

void PlayerSession::Impl::close() {
    {
        std::unique_lock lock(mutex_);
        reset();
        outbox_.silence_observer(lock);
    }
    outbox_.drain(mutex_);
}

void PlayerSession::Impl::shutdown() {
    {
        std::unique_lock lock(mutex_);
        observer_ = nullptr;
        shut_down_ = true;
        reset();
        outbox_.silence_observer(lock);
    }
    outbox_.drain(mutex_);
}

Pull PlayerSession::Impl::pull(Track track) {
    Pull result;
    {
        const std::lock_guard lock(mutex_);
        TrackState& state = state_of(track);
        if (track == Track::subtitles) {
            result.state = PullState::ended;
        } else if (!state.ready.empty()) {
            result.state = PullState::segment;
            result.segment = std::move(state.ready.front());
            state.ready.pop_front();
            if (result.segment.data) state.ready_bytes -= result.segment.data->size();
            pump();
        } else if (state_ == SessionState::failed) {
            result.state = PullState::failed;
        } else if (state.complete || (streaming_begun_ && !state.used)) {
            result.state = PullState::ended;
        }
    }
    outbox_.drain(mutex_);
    return result;
}

void PlayerSession::Impl::set_playhead(core::Seconds position, double rate) {
    {
        const std::lock_guard lock(mutex_);
        playhead_at_ = position;
        playhead_rate_ = std::max(rate, 0.0);
        playhead_set_ = clock_.steady_now();
        pump();
    }
    outbox_.drain(mutex_);
}

std::uint64_t PlayerSession::Impl::seek(core::Seconds position) {
    std::uint64_t epoch = 0;
    {
        const std::lock_guard lock(mutex_);
        if (!streaming_begun_) {
            epoch = ++epoch_;
            options_.start_at = position;
        } else if (state_ != SessionState::failed) {
            epoch = seek_to(position, true, clock_.steady_now());
            pump();
        } else {
            epoch = ++epoch_;
        }
    }
    outbox_.drain(mutex_);
    return epoch;
}

/// While streaming. What is buffered of the new position onwards stays when `keep_buffer`.
std::uint64_t PlayerSession::Impl::seek_to(core::Seconds position, bool keep_buffer, core::SteadyTime now) {
    const std::uint64_t epoch = ++epoch_;
    const PlaylistTracker& playlist = trackers_[std::size_t(state_of(Track::main).level)];
    // A level that was just switched to may not be known yet; positions are clamped once it is.
    if (playlist.known() && !playlist.segments().empty())
        position = std::clamp(position, playlist.start(),
                              std::max(playlist.start(), playlist.end() - core::Seconds(0.05)));
    const auto media = media_tracks();
    const bool inside =
        keep_buffer && std::all_of(media.begin(), media.end(), [&](const TrackState& state) {
            return !state.used || (!state.ready.empty() && state.ready.front().start <= position &&
                                   position < state.buffered_end);
        });
    for (TrackState& state : tracks_) {
        if (!state.used) continue;
        if (inside && &state != &state_of(Track::subtitles)) {
            while (state.ready.front().start + state.ready.front().duration <= position) {
                if (state.ready.front().data) state.ready_bytes -= state.ready.front().data->size();
                state.ready.pop_front();
            }
            for (MediaSegment& segment : state.ready) segment.epoch = epoch;
            state.ready.front().follows_gap = true;
            continue;
        }
        drop_loading(state);
        state.ready.clear();
        state.ready_bytes = 0;
        state.next_sequence.reset();
        state.next_position = position;
        state.slack = {};
        state.buffered_end = position;
        state.after_gap = true;
        state.complete = false;
        state.skips_in_a_row = 0;
        state.failed_here.clear();
        state.ceiling.reset();
        state_ = SessionState::streaming;
    }
    starved_ = false;
    playhead_at_ = position;
    playhead_set_ = now;
    return epoch;
}

void PlayerSession::Impl::lock_level(std::optional<int> level) {
    {
        const std::lock_guard lock(mutex_);
        options_.locked_level = level;
        pump();
    }
    outbox_.drain(mutex_);
}

SessionSnapshot PlayerSession::Impl::snapshot() const {
    const std::lock_guard lock(mutex_);
    const core::SteadyTime now = clock_.steady_now();
    SessionSnapshot result;
    result.state = state_;
    result.session_id = options_.session_id;
    result.presentation = presentation_info();
    result.level = tracks_[0].level;
    result.locked_level = options_.locked_level;
    result.playhead = playhead(now);
    result.buffered = buffered(now);
    result.buffered_bytes = held_bytes();
    result.estimate_bps = estimator_.bits_per_second();
    result.estimate_measured = estimator_.measured();
    result.ttfb = estimator_.ttfb();
    result.waiting_for_server = outage_since_.has_value();
    result.error = error_;
    result.epoch = epoch_;
    result.audio_track = audio_track_;
    result.subtitle_track = subtitle_track_;
    return result;
}

void PlayerSession::Impl::fail(core::Error error) {
    if (state_ == SessionState::failed) return;
    while (!fetches_.empty()) cancel_fetch(fetches_.begin()->first);
    for (TrackState& state : tracks_) state.loading.reset();
    state_ = SessionState::failed;
    error_ = error;
    tell([error = std::move(error)](SessionObserver& observer) { observer.on_failed(error); });
    notify_available();
}

void PlayerSession::Impl::notify_available() {
    tell([](SessionObserver& observer) { observer.on_available(); });
}

core::Seconds PlayerSession::Impl::playhead(core::SteadyTime now) const {
    core::Seconds position = playhead_at_ + playhead_rate_ * core::Seconds(now - playhead_set_);
    for (const TrackState& state : media_tracks())
        if (state.used) position = std::min(position, std::max(playhead_at_, state.buffered_end));
    return position;
}

core::Seconds PlayerSession::Impl::buffered(const TrackState& state, core::SteadyTime now) const {
    return std::max(core::Seconds(0), state.buffered_end - playhead(now));
}

core::Seconds PlayerSession::Impl::buffered(core::SteadyTime now) const {
    // A track that has come to its end before the other does not hold it up.
    const auto media = media_tracks();
    const bool all_complete = std::all_of(
        media.begin(), media.end(), [](const TrackState& state) { return !state.used || state.complete; });
    std::optional<core::Seconds> least;
    for (const TrackState& state : media)
        if (state.used && (all_complete || !state.complete))
            least = std::min(least.value_or(buffered(state, now)), buffered(state, now));
    return least.value_or(core::Seconds(0));
}

std::uint64_t PlayerSession::Impl::held_bytes() const {
    std::uint64_t sum = cues_.bytes();
    for (const TrackState& state : tracks_) sum += state.ready_bytes;
    return sum;
}

PlayerSession::PlayerSession(Transport& transport, core::Executor& executor, const core::Clock& clock,
                             core::Random& random, SessionObserver* observer)
    : impl_(std::make_shared<Impl>(transport, executor, clock, random, observer)) {}
PlayerSession::~PlayerSession() {
    impl_->shutdown();
}
void PlayerSession::shutdown() {
    impl_->shutdown();
}
void PlayerSession::open(std::string url, SessionOptions options) {
    impl_->open(std::move(url), std::move(options));
}
void PlayerSession::close() {
    impl_->close();
}
Pull PlayerSession::pull(Track track) {
    return impl_->pull(track);
}
void PlayerSession::set_playhead(core::Seconds position, double rate) {
    impl_->set_playhead(position, rate);
}
std::uint64_t PlayerSession::seek(core::Seconds position) {
    return impl_->seek(position);
}
void PlayerSession::lock_level(std::optional<int> level) {
    impl_->lock_level(level);
}
std::uint64_t PlayerSession::select_audio(int index) {
    return impl_->select_audio(index);
}
void PlayerSession::select_subtitles(std::optional<int> index) {
    impl_->select_subtitles(index);
}
std::vector<Cue> PlayerSession::subtitles_at(core::Seconds position) const {
    return impl_->subtitles_at(position);
}
SessionSnapshot PlayerSession::snapshot() const {
    return impl_->snapshot();
}

}  // namespace qd::player
