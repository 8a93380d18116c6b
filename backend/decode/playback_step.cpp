// Frame by frame, while paused. Forward, the decoder goes on; back, the pictures before the one shown are
// kept within a bound of bytes, and beyond those decoded again from the key picture before them.

#include <utility>

#include "decode/playback_impl.hpp"

namespace qd::decode {
namespace {

constexpr core::Seconds just_before{1e-3};

DecodedPicture another(const DecodedPicture& picture) {
    DecodedPicture copy;
    copy.frame.reset(av_frame_clone(picture.frame.get()));
    copy.at = picture.at;
    copy.duration = picture.duration;
    copy.due = picture.due;
    copy.level = picture.level;
    copy.level_bps = picture.level_bps;
    copy.sequence = picture.sequence;
    copy.lap = picture.lap;
    copy.time_base = picture.time_base;
    copy.qp = picture.qp;
    copy.codec = picture.codec;
    return copy;
}

}  // namespace

void Playback::Impl::keep_back(DecodedPicture picture) {
    if (!picture.frame) return;
    back_bytes_ += picture.bytes();
    back_.push_back(std::move(picture));
    while (back_.size() > 1 && back_bytes_ > options_.back_step_bytes) {
        back_bytes_ -= back_.front().bytes();
        back_.pop_front();
    }
}

void Playback::Impl::carry_out_steps(std::unique_lock<std::mutex>& lock, core::SteadyTime now) {
    if (!shown_) steps_asked_ = 0;
    if (steps_asked_ > 0) step_forward(lock, now);
    if (steps_asked_ < 0) step_back(lock, now);
}

void Playback::Impl::show_stepped(std::unique_lock<std::mutex>& lock, core::SteadyTime now) {
    steps_asked_ = 0;
    passing_ = false;
    stepped_ = true;
    clock_.set(prepared_->picture.due, now);
    show(lock, now);
}

void Playback::Impl::step_forward(std::unique_lock<std::mutex>& lock, core::SteadyTime now) {
    while (prepared_ || !queue_.empty()) {
        if (!std::exchange(passing_, true)) keep_back(another(shown_->picture));
        if (steps_asked_ == 1) {
            if (prepare(lock) && steps_asked_ == 1) show_stepped(lock, now);
            return;
        }
        DecodedPicture passed;
        if (prepared_) {
            passed = std::move(prepared_->picture);
            prepared_.reset();
        } else {
            passed = std::move(queue_.front());
            queue_.pop_front();
        }
        keep_back(std::move(passed));
        --steps_asked_;
        decode_wake_.notify_all();
    }
    if (!decoder_done_) return;  // more will come
    if (std::exchange(passing_, false) && !back_.empty() && back_.back().at != shown_->picture.at) {
        // The title ends here: the last one passed is the one to stay on.
        back_bytes_ -= back_.back().bytes();
        queue_.push_front(std::move(back_.back()));
        back_.pop_back();
        steps_asked_ = 1;
        if (prepare(lock)) show_stepped(lock, now);
    }
    steps_asked_ = 0;
}

void Playback::Impl::step_back(std::unique_lock<std::mutex>& lock, core::SteadyTime now) {
    const auto take_back = [this] {
        back_bytes_ -= back_.back().bytes();
        queue_.push_front(std::move(back_.back()));
        back_.pop_back();
        stepped_back_ = true;
    };
    if (std::exchange(passing_, false) && !back_.empty() && back_.back().at == shown_->picture.at) {
        back_bytes_ -= back_.back().bytes();
        back_.pop_back();
    }
    if (back_.empty()) return find_before(lock, shown_->picture.at);
    if (prepared_) queue_.push_front(std::move(prepared_->picture));
    prepared_.reset();
    queue_.push_front(another(shown_->picture));
    while (steps_asked_ < 0 && !back_.empty()) {
        take_back();
        ++steps_asked_;
    }
    if (steps_asked_ < 0) return find_before(lock, queue_.front().at);
    if (prepare(lock) && steps_asked_ == 0) show_stepped(lock, now);
}

/// Decodes again up to the picture before `position`. Opens the lock.
void Playback::Impl::find_before(std::unique_lock<std::mutex>& lock, core::Seconds at) {
    const core::Seconds wanted = std::max(at - just_before, core::Seconds(0));
    const int steps = steps_asked_;
    const std::uint64_t before = generation_;
    lock.unlock();
    {
        const std::lock_guard control(control_);
        bool current = false;
        {
            const std::lock_guard inner(mutex_);
            current = before == generation_ && paused_;
            if (current) {
                new_position(wanted, PlaybackState::seeking);
                steps_asked_ = steps;
                stepped_from_ = at;
                finding_back_ = true;
            }
        }
        if (current) reposition(wanted);
    }
    lock.lock();
    look_again_ = true;
}

/// The picture looked for is the first in the queue. False when it is another one still.
bool Playback::Impl::arrive_stepping(std::unique_lock<std::mutex>& lock) {
    if (queue_.empty()) return true;
    ++steps_asked_;
    // Where there is none before it, the one it was looked for from comes again.
    const bool first = queue_.front().at >= stepped_from_ - just_before / 2;
    if (first) steps_asked_ = 0;
    while (steps_asked_ < 0 && !back_.empty()) {
        back_bytes_ -= back_.back().bytes();
        queue_.push_front(std::move(back_.back()));
        back_.pop_back();
        ++steps_asked_;
    }
    finding_back_ = false;
    if (steps_asked_ < 0) {
        find_before(lock, queue_.front().at);
        return false;
    }
    stepped_back_ = true;
    return true;
}

}  // namespace qd::decode
