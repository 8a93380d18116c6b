// The "present" thread: the clock, the picture on the screen, the sound in the device.

#include <algorithm>
#include <utility>

#include "core/executor.hpp"
#include "decode/playback_impl.hpp"
#include "media/frame_code.hpp"

extern "C" {
#include <libavutil/pixdesc.h>
}

namespace qd::decode {
namespace chr = std::chrono;
namespace {

constexpr chr::milliseconds sound_period{20};  // how often the device is given more
constexpr chr::milliseconds idle_period{250};
constexpr core::Seconds stall_tolerance{0.05};  // a picture may be so late before it counts as a stall
constexpr core::Seconds resume_buffer{2};       // ExoPlayer: media there before play goes on after a stall
constexpr core::Seconds smallest_hole{0.25};    // a step of the timeline that is jumped over
constexpr chr::milliseconds stall_look{50};
constexpr chr::milliseconds playhead_period{500};

std::optional<std::uint32_t> frame_code(const AVFrame& frame) {
    const AVPixFmtDescriptor* format = av_pix_fmt_desc_get(AVPixelFormat(frame.format));
    const bool eight_bit_luma =
        format != nullptr && (format->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL)) == 0 &&
        format->comp[0].depth == 8 && format->comp[0].step == 1 && format->comp[0].plane == 0;
    if (!eight_bit_luma) return std::nullopt;
    return media::read_frame_code({frame.data[0], frame.width, frame.height, frame.linesize[0]});
}

}  // namespace

void Playback::Impl::present_loop() {
    core::name_this_thread("present");
    std::unique_lock lock(mutex_);
    while (!ending_) {
        const std::uint64_t generation = generation_;
        const core::SteadyTime next = present_once(lock, steady());
        lock.unlock();
        outbox_.drain(mutex_);
        lock.lock();
        // Anything that changed while the lock was open wants another look at once.
        if (ending_ || generation != generation_ || std::exchange(look_again_, false)) continue;
        const core::SteadyTime now = steady();
        if (next > now)
            present_wake_.wait_for(lock, std::min<core::SteadyTime::duration>(next - now, idle_period));
    }
    sound_.stop();
}

core::SteadyTime Playback::Impl::present_once(std::unique_lock<std::mutex>& lock, core::SteadyTime now) {
    const core::SteadyTime later = now + idle_period;
    carry_out_orders(now);
    if (std::exchange(size_changed_, false)) {
        if (prepared_) queue_.push_front(std::move(prepared_->picture));
        prepared_.reset();
        if (shown_ && state_ != PlaybackState::playing) show_again(lock);
        look_again_ = true;
        return now;
    }
    switch (state_) {
        case PlaybackState::idle:
        case PlaybackState::ended:
        case PlaybackState::failed:
            return later;
        case PlaybackState::starting:
        case PlaybackState::seeking:
            return begin_or_wait(lock, now);
        case PlaybackState::playing:
            return play_on(lock, now);
        case PlaybackState::stalled:
            return ride_out_stall(lock, now);
        case PlaybackState::paused:
            tell_playhead(lock, now, false);
            if (step_asked_ && prepare(lock)) {
                step_asked_ = false;
                stepped_ = true;
                clock_.set(prepared_->picture.at, now);
                show(lock, now);
            }
            return later;
    }
    return later;
}

void Playback::Impl::carry_out_orders(core::SteadyTime now) {
    for (const SoundOrder what : std::exchange(sound_orders_, {})) {
        switch (what) {
            case SoundOrder::pause:
                sound_.pause();
                break;
            case SoundOrder::resume:
                sound_.resume();
                break;
            case SoundOrder::begin_at_clock:
                sound_.begin_at(clock_.at(now));
                break;
            case SoundOrder::stop:
                sound_.stop();
                break;
        }
    }
}

/// Scales the next picture ahead of its time. False when there is none. Opens the lock meanwhile.
bool Playback::Impl::prepare(std::unique_lock<std::mutex>& lock) {
    if (prepared_) return true;
    const std::uint64_t generation = generation_;
    while (!queue_.empty()) {
        Prepared next;
        next.picture = std::move(queue_.front());
        queue_.pop_front();
        next.box = box_;
        decode_wake_.notify_all();
        lock.unlock();
        auto scaled = scaler_.scale(*next.picture.frame, next.box);
        if (scaled && options_.read_frame_code) scaled->frame_number = frame_code(*next.picture.frame);
        lock.lock();
        if (generation != generation_) return false;
        if (!scaled) {
            qoe_.count_error("media");
            continue;
        }
        next.frame = std::move(*scaled);
        next.frame.at = next.picture.at;
        next.frame.duration = next.picture.duration;
        next.frame.level = next.picture.level;
        prepared_ = std::move(next);
        return true;
    }
    return false;
}

void Playback::Impl::show(std::unique_lock<std::mutex>& lock, core::SteadyTime now) {
    shown_ = std::move(prepared_);
    prepared_.reset();
    qoe_.frames(1, 0, 0);
    qoe_.rendered(shown_->picture.level, shown_->picture.level_bps, shown_->picture.duration);
    qoe_.first_frame(now);
    shown_at_.push_back(now);
    while (shown_at_.size() > 2 && now - shown_at_.front() > chr::seconds(1)) shown_at_.pop_front();
    VideoFrame frame = shown_->frame;
    lock.unlock();
    frames_.on_frame(std::move(frame));
    lock.lock();
    look_again_ = true;
}

/// The picture on the screen in another size.
void Playback::Impl::show_again(std::unique_lock<std::mutex>& lock) {
    const std::uint64_t generation = generation_;
    const media::Frame picture(av_frame_clone(shown_->picture.frame.get()));
    const Size box = box_;
    if (!picture) return;
    lock.unlock();
    auto scaled = scaler_.scale(*picture, box);
    lock.lock();
    if (!scaled || generation != generation_ || !shown_) return;
    VideoFrame& frame = shown_->frame;
    frame.width = scaled->width;
    frame.height = scaled->height;
    frame.stride_bytes = scaled->stride_bytes;
    frame.pixels = std::move(scaled->pixels);
    VideoFrame copy = frame;
    lock.unlock();
    frames_.on_frame(std::move(copy));
    lock.lock();
}

void Playback::Impl::start_clock(core::Seconds at, core::SteadyTime now) {
    clock_.set(at, now);
    sound_.begin_at(at);
    if (paused_) {
        clock_.halt(now);
        sound_.pause();
        set_state(PlaybackState::paused);
    } else {
        clock_.run(now);
        sound_.resume();
        sound_.feed(now);
        set_state(PlaybackState::playing);
    }
    playhead_told_ = {};
    look_again_ = true;
}

core::SteadyTime Playback::Impl::begin_or_wait(std::unique_lock<std::mutex>& lock, core::SteadyTime now) {
    if (prepare(lock)) {
        const core::SteadyTime shown = steady();
        qoe_.seek_ended(shown);
        start_clock(prepared_->picture.at, shown);
        show(lock, shown);
        return shown;
    }
    if (!queue_.empty() || state_ == PlaybackState::idle) return now;
    if (!has_video_ && has_audio_ && !sound_.empty()) {  // sound alone
        qoe_.seek_ended(now);
        qoe_.first_frame(now);
        start_clock(std::max(target_, core::Seconds(0)), now);
        return now;
    }
    if (decoder_done_) finish(now);
    return now + idle_period;
}

core::SteadyTime Playback::Impl::play_on(std::unique_lock<std::mutex>& lock, core::SteadyTime now) {
    sound_.feed(now);
    const auto heard = sound_.heard(now);
    audio_clock_ = heard.has_value();
    if (heard) clock_.discipline(*heard, now);
    decode_wake_.notify_all();
    tell_playhead(lock, now, false);
    if (state_ != PlaybackState::playing) return now;
    core::SteadyTime next =
        now + (sound_.usable() && has_audio_ ? core::SteadyTime::duration(sound_period) : idle_period);

    // Overtaken in the queue: its successor is due as well.
    while (!prepared_ && queue_.size() >= 2 && queue_[1].at <= clock_.at(now)) {
        queue_.pop_front();
        qoe_.frames(0, 0, 1);
    }
    const std::uint64_t generation = generation_;
    if (prepare(lock)) {
        now = steady();
        if (state_ != PlaybackState::playing) return now;
        if (shown_ && prepared_->picture.at - shown_->picture.end() > smallest_hole) {
            // Segments that could not be had: the picture jumps rather than stand still.
            clock_.set(prepared_->picture.at, now);
            sound_.begin_at(prepared_->picture.at);
        }
        const core::Seconds at = clock_.at(now);
        if (prepared_->picture.at > at) return std::min(next, clock_.when(prepared_->picture.at));
        if (!queue_.empty() && queue_.front().at <= at) {
            qoe_.frames(0, 0, 1);
            prepared_.reset();
            return now;
        }
        show(lock, now);
        return now;
    }
    if (generation != generation_ || !queue_.empty()) return now;
    const core::Seconds at = clock_.at(now);
    const core::Seconds end = has_video_ && shown_ ? shown_->picture.end() : sound_until_;
    if (decoder_done_) {
        // The last picture is seen, and the sound heard, to its end.
        if (at >= end && (sound_.empty() || at >= sound_until_ || at >= end + core::Seconds(5)))
            finish(now);
        else
            next = std::min(next, clock_.when(std::max(end, std::min(sound_until_, end + core::Seconds(5)))));
        return next;
    }
    if (decoder_waits_ && at >= end + stall_tolerance) {
        clock_.halt(now);
        clock_.set(end, now);
        sound_.pause();
        qoe_.stall_began(now - chr::duration_cast<core::SteadyTime::duration>(at - end), end);
        set_state(PlaybackState::stalled);
        tell_playhead(lock, now, true);
        return now;
    }
    return std::min(next, now + sound_period);
}

core::SteadyTime Playback::Impl::ride_out_stall(std::unique_lock<std::mutex>& lock, core::SteadyTime now) {
    if (queue_.empty() && !(sound_.queued() > core::Seconds(0) && !has_video_)) {
        if (decoder_done_) finish(now);
        return now + idle_period;
    }
    const std::uint64_t generation = generation_;
    lock.unlock();
    const player::SessionSnapshot session = session_.snapshot();
    lock.lock();
    if (generation != generation_ || state_ != PlaybackState::stalled) return now;
    const bool no_more = decoder_done_ || session.state == player::SessionState::complete ||
                         session.state == player::SessionState::failed;
    if (session.buffered < resume_buffer && !no_more) return now + stall_look;
    qoe_.stall_ended(now);
    // After a skipped segment the picture goes on behind the hole.
    core::Seconds at = clock_.at(now);
    if (!queue_.empty()) at = std::max(at, queue_.front().at);
    clock_.set(at, now);
    clock_.run(now);
    sound_.resume();
    set_state(PlaybackState::playing);
    playhead_told_ = {};
    return now;
}

void Playback::Impl::finish(core::SteadyTime now) {
    clock_.halt(now);
    sound_.pause();
    qoe_.finished(now, decoder_failed_, !decoder_failed_);
    if (decoder_failed_) {
        if (!error_)
            error_ = core::Error{core::Errc::unavailable, "the title could not be played to its end"};
        qoe_.count_error("fatal");
    }
    set_state(decoder_failed_ ? PlaybackState::failed : PlaybackState::ended);
}

/// The session measures its buffer from here. Opens the lock.
void Playback::Impl::tell_playhead(std::unique_lock<std::mutex>& lock, core::SteadyTime now, bool at_once) {
    if (!at_once && now - playhead_told_ < playhead_period) return;
    playhead_told_ = now;
    const core::Seconds position = clock_.at(now);
    const double rate = clock_.running() ? 1 : 0;
    const std::uint64_t generation = generation_;
    lock.unlock();
    {
        const std::lock_guard control(control_);
        bool current = false;
        {
            const std::lock_guard inner(mutex_);
            current = generation == generation_;
        }
        // Not after a seek: the session has a newer position then.
        if (current) session_.set_playhead(position, rate);
    }
    lock.lock();
}

}  // namespace qd::decode
