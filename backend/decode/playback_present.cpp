// The "present" thread: the clock, the picture on the screen, the sound in the device.

#include <algorithm>
#include <utility>

#include "core/executor.hpp"
#include "decode/playback_impl.hpp"

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
// A device that is not heard by then plays nothing, or is not one: the system clock goes ahead.
constexpr chr::milliseconds longest_wait_for_sound{500};
constexpr chr::milliseconds sound_look{3};

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
            if (steps_asked_ != 0) carry_out_steps(lock, now);
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

void Playback::Impl::start_clock(core::Seconds at, core::SteadyTime now) {
    sound_.begin_at(at);
    if (paused_) {
        clock_.set(at, now);
        clock_.halt(now);
        sound_.pause();
        set_state(PlaybackState::paused);
    } else {
        set_state(PlaybackState::playing);
        sound_.resume();
        run_with_sound(at, now);
    }
    playhead_told_ = {};
    look_again_ = true;
}

/// Runs the clock from `at` on; where there is sound, as soon as the device is heard: picture and sound set
/// off together.
void Playback::Impl::run_with_sound(core::Seconds at, core::SteadyTime now) {
    clock_.set(at, now);
    heard_at_ = now;
    if (sound_.usable() && (has_audio_ || presentation_.separate_audio)) {
        clock_.halt(now);
        sound_awaited_ = now + longest_wait_for_sound;
        sound_.feed(now);
    } else {
        clock_.set_rate(rate_, now);
        clock_.run(now);
    }
}

/// True while the clock stands for it.
bool Playback::Impl::wait_for_sound(core::SteadyTime now) {
    if (!sound_awaited_) return false;
    const auto heard = sound_.heard(now);
    const bool none = !sound_.usable() || (decoder_done_ && sound_.empty() && !sound_.expecting());
    if (!heard && !none && now < *sound_awaited_) return true;
    sound_awaited_.reset();
    if (heard) clock_.set(heard->at, now);
    clock_.set_rate(heard ? heard->rate : rate_, now);
    clock_.run(now);
    return false;
}

void Playback::Impl::follow_sound(core::SteadyTime now) {
    // Sound that comes late begins where the picture is by now.
    if (!sound_.expecting() && !sound_.empty() && clock_.running()) sound_.begin_at(clock_.at(now));
    sound_.feed(now);
    const auto heard = sound_.heard(now);
    audio_clock_ = heard.has_value();
    if (heard) {
        heard_at_ = now;
        clock_.set_rate(heard->rate, now);
        clock_.discipline(heard->at, now);
    } else if (!sound_.expecting() || now - heard_at_ > longest_wait_for_sound) {
        clock_.set_rate(rate_, now);
    }
}

core::SteadyTime Playback::Impl::begin_or_wait(std::unique_lock<std::mutex>& lock, core::SteadyTime now) {
    if (finding_back_ && paused_ && !arrive_stepping(lock)) return now;
    if (prepare(lock)) {
        const core::SteadyTime shown = steady();
        qoe_.seek_ended(shown);
        start_clock(prepared_->picture.due, shown);
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
    if (sound_awaited_) sound_.feed(now);
    if (wait_for_sound(now)) {
        decode_wake_.notify_all();
        prepare(lock);
        return std::max(now, steady()) + sound_look;
    }
    follow_sound(now);
    decode_wake_.notify_all();
    tell_playhead(lock, now, false);
    if (state_ != PlaybackState::playing) return now;
    const core::SteadyTime next =
        now + (sound_.usable() && has_audio_ ? core::SteadyTime::duration(sound_period) : idle_period);

    leave_out(now);
    const std::uint64_t generation = generation_;
    if (!prepare(lock)) {
        if (generation != generation_ || !queue_.empty()) return now;
        return run_dry(now, next, lock);
    }
    now = steady();
    if (state_ != PlaybackState::playing) return now;
    if (shown_ && prepared_->picture.due - shown_->picture.due_end() > smallest_hole) {
        // Segments that could not be had: the picture jumps rather than stand still.
        sound_.begin_at(prepared_->picture.due);
        run_with_sound(prepared_->picture.due, now);
        show(lock, now);
        return now;
    }
    const core::Seconds at = clock_.at(now);
    if (prepared_->picture.due > at) return std::min(next, clock_.when(prepared_->picture.due));
    if (!queue_.empty() && queue_.front().due <= at) {
        if (above_screen(prepared_->picture.due)) {
            ++above_screen_;
        } else {
            last_due_ = prepared_->picture.due;
            qoe_.frames(0, 0, 1);
        }
        prepared_.reset();
        return now;
    }
    show(lock, now);
    return now;
}

/// There is no picture to be shown next: it is still being decoded, or the title is over, or it stalls.
core::SteadyTime Playback::Impl::run_dry(core::SteadyTime now, core::SteadyTime next,
                                         std::unique_lock<std::mutex>& lock) {
    constexpr core::Seconds longest_sound_behind{5};
    const core::Seconds at = clock_.at(now);
    const core::Seconds end = has_video_ && shown_ ? shown_->picture.due_end() : sound_until_;
    if (decoder_done_) {
        // The last picture is seen, and the sound heard, to its end.
        const core::Seconds last = std::min(sound_until_, end + longest_sound_behind);
        if (at >= end && (sound_.empty() || at >= last))
            finish(now);
        else
            next = std::min(next, clock_.when(std::max(end, last)));
        return next;
    }
    if (decoder_waits_ && at >= end + stall_tolerance * clock_.rate()) {
        clock_.halt(now);
        clock_.set(end, now);
        sound_.pause();
        qoe_.stall_began(now - chr::duration_cast<core::SteadyTime::duration>((at - end) / clock_.rate()),
                         end - pulling_shift_);
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
    if (session.buffered < resume_buffer * std::max(1.0, rate_) && !no_more) return now + stall_look;
    qoe_.stall_ended(now);
    // After a skipped segment the picture goes on behind the hole.
    core::Seconds at = clock_.at(now);
    if (!queue_.empty()) at = std::max(at, queue_.front().due);
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
        if (qoe_.snapshot(now).errors == 0) qoe_.count_error("fatal");
    }
    set_state(decoder_failed_ ? PlaybackState::failed : PlaybackState::ended);
}

/// The session measures its buffer from here. Opens the lock.
void Playback::Impl::tell_playhead(std::unique_lock<std::mutex>& lock, core::SteadyTime now, bool at_once) {
    if (!at_once && now - playhead_told_ < playhead_period) return;
    playhead_told_ = now;
    // Of a loop's next lap, when that is what is being fetched: what remains of this one comes before.
    const core::Seconds at = clock_.at(now) - pulling_shift_;
    const double rate = clock_.running() ? clock_.rate() : 0;
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
        if (current) session_.set_playhead(at, rate);
    }
    lock.lock();
}

}  // namespace qd::decode
