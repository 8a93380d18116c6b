#include "decode/playback.hpp"

#include <algorithm>
#include <utility>

#include "decode/playback_impl.hpp"

namespace qd::decode {

std::string_view to_string(PlaybackState state) {
    switch (state) {
        case PlaybackState::idle:
            return "idle";
        case PlaybackState::starting:
            return "starting";
        case PlaybackState::playing:
            return "playing";
        case PlaybackState::paused:
            return "paused";
        case PlaybackState::stalled:
            return "stalled";
        case PlaybackState::seeking:
            return "seeking";
        case PlaybackState::ended:
            return "ended";
        case PlaybackState::failed:
            return "failed";
    }
    return "idle";
}

Playback::Impl::Impl(PlaybackServices services, FrameSink& frames, AudioSink* audio, PlaybackOptions options,
                     PlaybackCallbacks callbacks)
    : services_(services),
      frames_(frames),
      options_(options),
      callbacks_(std::move(callbacks)),
      sound_(audio),
      qoe_(options.segment_log),
      session_(services.transport, services.executor, services.clock, services.random, this) {
    decode_thread_ = std::thread([this] { decode_loop(); });
    present_thread_ = std::thread([this] { present_loop(); });
}

Playback::Impl::~Impl() {
    session_.shutdown();
    {
        std::unique_lock lock(mutex_);
        ending_ = true;
        outbox_.silence_observer(lock);
        wake();
    }
    decode_thread_.join();
    present_thread_.join();
}

void Playback::Impl::wake() {
    decode_wake_.notify_all();
    present_wake_.notify_all();
}

bool Playback::Impl::open() const {
    return state_ != PlaybackState::idle && state_ != PlaybackState::failed;
}

void Playback::Impl::set_state(PlaybackState state) {
    if (state_ == state) return;
    state_ = state;
    if (callbacks_.on_state && !ending_)
        outbox_.add_for_observer([this, state] { callbacks_.on_state(state); });
}

void Playback::Impl::order(SoundOrder what) {
    sound_orders_.push_back(what);
    present_wake_.notify_all();
}

void Playback::Impl::new_position(core::Seconds target, PlaybackState state) {
    ++generation_;
    target_ = target;
    queue_.clear();
    prepared_.reset();
    sound_.clear();
    sound_until_ = target;
    decoder_waits_ = decoder_done_ = false;
    fresh_segments_ = true;
    step_asked_ = stepped_ = false;
    dropped_in_a_row_ = 0;
    clock_.halt(steady());
    clock_.set(target, steady());
    set_state(state);
    wake();
}

void Playback::Impl::play(std::string url, player::SessionOptions options) {
    const std::lock_guard control(control_);
    session_.close();
    {
        const std::lock_guard lock(mutex_);
        const core::SteadyTime now = steady();
        qoe_ = player::QoeTracker(options_.segment_log);
        qoe_.requested(now);
        error_.reset();
        last_decision_.reset();
        paused_ = false;
        has_video_ = has_audio_ = false;
        shown_.reset();
        shown_at_.clear();
        new_position(options.start_at.value_or(core::Seconds(0)), PlaybackState::starting);
        order(SoundOrder::stop);
    }
    outbox_.drain(mutex_);
    session_.open(std::move(url), std::move(options));
}

void Playback::Impl::pause() {
    {
        const std::lock_guard lock(mutex_);
        if (!open() || paused_ || state_ == PlaybackState::ended) return;
        const core::SteadyTime now = steady();
        paused_ = true;
        qoe_.paused(now);
        if (state_ == PlaybackState::playing || state_ == PlaybackState::stalled) {
            clock_.halt(now);
            order(SoundOrder::pause);
            set_state(PlaybackState::paused);
        }
        playhead_told_ = {};
        wake();
    }
    outbox_.drain(mutex_);
}

void Playback::Impl::resume() {
    bool from_start = false;
    {
        const std::lock_guard lock(mutex_);
        from_start = state_ == PlaybackState::ended;
        if (!from_start) {
            if (!open() || !paused_) return;
            const core::SteadyTime now = steady();
            paused_ = false;
            qoe_.resumed(now);
            if (state_ == PlaybackState::paused) {
                if (std::exchange(stepped_, false)) order(SoundOrder::begin_at_clock);
                order(SoundOrder::resume);
                clock_.run(now);
                set_state(PlaybackState::playing);
            }
            playhead_told_ = {};
            wake();
        }
    }
    outbox_.drain(mutex_);
    if (from_start) seek(core::Seconds(0));
}

void Playback::Impl::seek(core::Seconds position) {
    const std::lock_guard control(control_);
    {
        const std::lock_guard lock(mutex_);
        if (!open()) return;
        const player::PresentationInfo& known = presentation_;
        if (!known.live && known.end > core::Seconds(0))
            position =
                std::clamp(position, known.start, std::max(known.start, known.end - core::Seconds(0.001)));
        const bool starting = state_ == PlaybackState::starting;
        if (state_ == PlaybackState::ended) paused_ = false;
        if (!starting) qoe_.seek_began(steady());
        new_position(position, starting ? PlaybackState::starting : PlaybackState::seeking);
        order(SoundOrder::pause);
    }
    outbox_.drain(mutex_);
    session_.seek(position);
}

void Playback::Impl::step() {
    const std::lock_guard lock(mutex_);
    if (state_ != PlaybackState::paused) return;
    step_asked_ = true;
    wake();
}

void Playback::Impl::stop() {
    const std::lock_guard control(control_);
    session_.close();
    {
        const std::lock_guard lock(mutex_);
        qoe_.finished(steady(), false, false);
        new_position(core::Seconds(0), PlaybackState::idle);
        shown_.reset();
        order(SoundOrder::stop);
    }
    outbox_.drain(mutex_);
}

void Playback::Impl::set_output_size(int width, int height) {
    const std::lock_guard lock(mutex_);
    const Size box{std::clamp(width, 0, 8192), std::clamp(height, 0, 8192)};
    if (box == box_) return;
    box_ = box;
    size_changed_ = true;
    present_wake_.notify_all();
}

PlaybackSnapshot Playback::Impl::snapshot() const {
    PlaybackSnapshot result;
    result.session = session_.snapshot();
    const std::lock_guard lock(mutex_);
    const core::SteadyTime now = steady();
    result.state = state_;
    result.position = shown_ ? shown_->picture.at : target_;
    if (state_ == PlaybackState::seeking || state_ == PlaybackState::starting || !has_video_)
        result.position = clock_.at(now);
    result.audio_clock = audio_clock_;
    result.has_video = has_video_;
    result.has_audio = has_audio_;
    if (shown_) {
        result.source_width = shown_->frame.source_width;
        result.source_height = shown_->frame.source_height;
        result.shown_level = shown_->picture.level;
    }
    if (shown_at_.size() >= 2 && state_ == PlaybackState::playing)
        result.decoded_fps =
            double(shown_at_.size() - 1) / core::Seconds(shown_at_.back() - shown_at_.front()).count();
    result.qoe = qoe_.snapshot(now);
    result.last_decision = last_decision_;
    result.error = error_;
    return result;
}

std::vector<player::FetchRecord> Playback::Impl::fetches(std::uint64_t after) const {
    const std::lock_guard lock(mutex_);
    std::vector<player::FetchRecord> result;
    for (const player::FetchRecord& record : qoe_.log())
        if (record.number > after) result.push_back(record);
    return result;
}

std::vector<player::StallInterval> Playback::Impl::stalls() const {
    const std::lock_guard lock(mutex_);
    return {qoe_.stall_log().begin(), qoe_.stall_log().end()};
}

void Playback::Impl::on_presentation(const player::PresentationInfo& info) {
    const std::lock_guard lock(mutex_);
    presentation_ = info;
}

void Playback::Impl::on_available() {
    const std::lock_guard lock(mutex_);
    fresh_segments_ = true;
    decode_wake_.notify_all();
}

void Playback::Impl::on_fetch(const player::FetchRecord& record) {
    {
        const std::lock_guard lock(mutex_);
        qoe_.fetched(record);
    }
    if (callbacks_.on_fetch) callbacks_.on_fetch(record);
}

void Playback::Impl::on_decision(const player::AbrDecision& decision) {
    {
        const std::lock_guard lock(mutex_);
        last_decision_ = decision;
    }
    if (callbacks_.on_decision) callbacks_.on_decision(decision);
}

void Playback::Impl::on_skipped(const player::SkippedSegment& skipped) {
    {
        const std::lock_guard lock(mutex_);
        qoe_.segment_skipped();
    }
    if (callbacks_.on_skipped) callbacks_.on_skipped(skipped);
}

void Playback::Impl::on_failed(const core::Error& error) {
    // What is buffered is played out; the decode thread then finds the session failed.
    const std::lock_guard lock(mutex_);
    error_ = error;
}

Playback::Playback(PlaybackServices services, FrameSink& frames, AudioSink* audio, PlaybackOptions options,
                   PlaybackCallbacks callbacks)
    : impl_(std::make_unique<Impl>(services, frames, audio, options, std::move(callbacks))) {}
Playback::~Playback() = default;
void Playback::play(std::string url, player::SessionOptions options) {
    impl_->play(std::move(url), std::move(options));
}
void Playback::pause() {
    impl_->pause();
}
void Playback::resume() {
    impl_->resume();
}
void Playback::seek(core::Seconds position) {
    impl_->seek(position);
}
void Playback::step() {
    impl_->step();
}
void Playback::stop() {
    impl_->stop();
}
void Playback::set_output_size(int width, int height) {
    impl_->set_output_size(width, height);
}
void Playback::lock_level(std::optional<int> level) {
    impl_->lock_level(level);
}
PlaybackSnapshot Playback::snapshot() const {
    return impl_->snapshot();
}
std::vector<player::FetchRecord> Playback::fetches(std::uint64_t after) const {
    return impl_->fetches(after);
}
std::vector<player::StallInterval> Playback::stalls() const {
    return impl_->stalls();
}

}  // namespace qd::decode
