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
      shelf_(options.kept_bytes),
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

void Playback::Impl::new_position(core::Seconds target, PlaybackState state, SeekMode mode) {
    ++generation_;
    target_ = target;
    seek_mode_ = mode;
    queue_.clear();
    back_.clear();
    back_bytes_ = 0;
    prepared_.reset();
    sound_.clear();
    sound_until_ = target;
    decoder_waits_ = decoder_done_ = false;
    fresh_segments_ = true;
    stepped_ = stepped_back_ = passing_ = finding_back_ = false;
    steps_asked_ = 0;
    dropped_in_a_row_ = 0;
    last_due_ = target - core::Seconds(1);
    pulling_lap_ = 0;
    pulling_shift_ = {};
    sound_awaited_.reset();
    clock_.halt(steady());
    clock_.set(target, steady());
    set_state(state);
    wake();
}

void Playback::Impl::play(std::string url, player::SessionOptions options) {
    const std::lock_guard control(control_);
    session_.close();
    shelf_.clear();
    kept_bytes_ = 0;
    locked_level_ = options.locked_level;
    options.buffer_bytes = std::min(options.buffer_bytes, options_.buffer_bytes);
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
        presentation_ = {};
        new_title_ = true;
        loop_.reset();
        above_screen_ = 0;
        av_offset_.reset();
        video_codec_.clear();
        audio_codec_.clear();
        decoder_.clear();
        decoder_reason_.clear();
        new_position(options.start_at.value_or(core::Seconds(0)), PlaybackState::starting);
        order(SoundOrder::stop);
    }
    outbox_.drain(mutex_);
    session_.open(std::move(url), std::move(options));
}

/// With mutex_ held.
void Playback::Impl::pause_now(core::SteadyTime now) {
    if (!open() || paused_ || state_ == PlaybackState::ended) return;
    paused_ = true;
    qoe_.paused(now);
    if (state_ == PlaybackState::playing || state_ == PlaybackState::stalled) {
        clock_.halt(now);
        sound_awaited_.reset();
        order(SoundOrder::pause);
        set_state(PlaybackState::paused);
    }
    playhead_told_ = {};
    wake();
}

void Playback::Impl::pause() {
    {
        const std::lock_guard lock(mutex_);
        pause_now(steady());
    }
    outbox_.drain(mutex_);
}

void Playback::Impl::resume() {
    const std::lock_guard control(control_);
    bool from_start = false;
    std::optional<core::Seconds> again_from;
    {
        const std::lock_guard lock(mutex_);
        from_start = state_ == PlaybackState::ended;
        if (!from_start) {
            if (!open() || !paused_) return;
            const core::SteadyTime now = steady();
            paused_ = false;
            qoe_.resumed(now);
            if (state_ == PlaybackState::paused && stepped_back_ && shown_) {
                // The sound of these pictures went by long ago.
                again_from = shown_->picture.at;
                new_position(*again_from, PlaybackState::seeking);
            } else if (state_ == PlaybackState::paused) {
                if (std::exchange(stepped_, false)) order(SoundOrder::begin_at_clock);
                order(SoundOrder::resume);
                clock_.run(now);
                heard_at_ = now;
                set_state(PlaybackState::playing);
            }
            steps_asked_ = 0;
            passing_ = finding_back_ = false;
            back_.clear();
            back_bytes_ = 0;
            playhead_told_ = {};
            wake();
        }
    }
    outbox_.drain(mutex_);
    if (again_from) reposition(*again_from);
    if (from_start) seek(core::Seconds(0), SeekMode::exact);
}

void Playback::Impl::set_rate(double rate) {
    const std::lock_guard lock(mutex_);
    // Not a number: no change.
    if (!(rate == rate)) return;
    rate_ = std::clamp(rate, 0.25, 4.0);
    sound_.set_rate(rate_);
    // Where sound is heard, the clock follows when the device comes to what is written from now on.
    if (!clock_.running() || !sound_.expecting()) clock_.set_rate(rate_, steady());
    playhead_told_ = {};
    wake();
}

void Playback::Impl::lock_level(std::optional<int> level) {
    const std::lock_guard control(control_);
    locked_level_ = level;
    session_.lock_level(level);
}

void Playback::Impl::stop() {
    const std::lock_guard control(control_);
    session_.close();
    shelf_.clear();
    kept_bytes_ = 0;
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

void Playback::Impl::on_notice(const player::Notice& notice) {
    if (callbacks_.on_notice) callbacks_.on_notice(notice);
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
void Playback::seek(core::Seconds position, SeekMode mode) {
    impl_->seek(position, mode);
}
void Playback::step(int frames) {
    impl_->step(frames);
}
void Playback::set_rate(double rate) {
    impl_->set_rate(rate);
}
void Playback::set_loop(std::optional<LoopRange> range) {
    impl_->set_loop(range);
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
void Playback::select_audio(int index) {
    impl_->select_audio(index);
}
void Playback::select_subtitles(std::optional<int> index) {
    impl_->select_subtitles(index);
}
PlaybackSnapshot Playback::snapshot() const {
    return impl_->snapshot();
}
std::optional<FrameInfo> Playback::frame_info() const {
    return impl_->frame_info();
}
core::Result<VideoFrame> Playback::grab() const {
    return impl_->grab();
}
std::vector<player::FetchRecord> Playback::fetches(std::uint64_t after) const {
    return impl_->fetches(after);
}
std::vector<player::StallInterval> Playback::stalls() const {
    return impl_->stalls();
}

}  // namespace qd::decode
