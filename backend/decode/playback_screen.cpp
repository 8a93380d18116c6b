// Pictures on their way to the screen: scaled ahead of their time, shown, or left out.

#include <algorithm>
#include <utility>

#include "decode/playback_impl.hpp"

namespace qd::decode {

/// Scales the next picture ahead of its time. False when there is none. Opens the lock meanwhile.
bool Playback::Impl::prepare(std::unique_lock<std::mutex>& lock) {
    if (prepared_) return true;
    const std::uint64_t generation = generation_;
    while (!queue_.empty()) {
        DecodedPicture next = std::move(queue_.front());
        queue_.pop_front();
        const Size box = box_;
        decode_wake_.notify_all();
        lock.unlock();
        auto painted = paint(scaler_, next, box, options_.read_frame_code);
        lock.lock();
        if (generation != generation_) return false;
        if (!painted) {
            qoe_.count_error("media");
            continue;
        }
        prepared_ = ScreenPicture{std::move(next), std::move(*painted)};
        return true;
    }
    return false;
}

void Playback::Impl::show(std::unique_lock<std::mutex>& lock, core::SteadyTime now) {
    shown_ = std::move(prepared_);
    prepared_.reset();
    last_due_ = shown_->picture.due;
    qoe_.frames(1, 0, 0);
    qoe_.rendered(shown_->picture.level, shown_->picture.level_bps, shown_->picture.duration);
    qoe_.first_frame(now);
    shown_at_.push_back(now);
    while (shown_at_.size() > 2 && now - shown_at_.front() > std::chrono::seconds(1)) shown_at_.pop_front();
    if (clock_.running())
        if (const auto heard = sound_.heard(now)) av_offset_ = (last_due_ - heard->at) / heard->rate;
    VideoFrame frame = shown_->frame;
    lock.unlock();
    frames_.on_frame(std::move(frame));
    lock.lock();
    look_again_ = true;
}

/// The picture on the screen in another size.
void Playback::Impl::show_again(std::unique_lock<std::mutex>& lock) {
    const std::uint64_t generation = generation_;
    const media::Frame picture = another_reference(shown_->picture);
    const Size box = box_;
    if (!picture) return;
    lock.unlock();
    auto scaled = scaler_.scale(*picture, box);
    lock.lock();
    if (!scaled || generation != generation_ || !shown_) return;
    repaint(shown_->frame, std::move(*scaled));
    VideoFrame copy = shown_->frame;
    lock.unlock();
    frames_.on_frame(std::move(copy));
    lock.lock();
}

/// Faster than it was made, a title has more pictures than the screen can show: those in between are no
/// drops.
bool Playback::Impl::above_screen(core::Seconds due) const {
    constexpr core::Seconds rounding_of_rates{1e-3};
    return clock_.rate() > 1 && options_.screen_hz > 0 &&
           due - last_due_ < core::Seconds(clock_.rate() / options_.screen_hz) - rounding_of_rates;
}

/// Takes pictures out of the queue that will not be shown: those above what the screen can show, and those
/// whose successor is due as well.
void Playback::Impl::leave_out(core::SteadyTime now) {
    while (!prepared_ && queue_.size() >= 2) {
        const core::Seconds due = queue_.front().due;
        if (above_screen(due)) {
            ++above_screen_;
        } else if (queue_[1].due <= clock_.at(now)) {
            qoe_.frames(0, 0, 1);
            last_due_ = due;
        } else {
            return;
        }
        queue_.pop_front();
        decode_wake_.notify_all();
    }
}

}  // namespace qd::decode
