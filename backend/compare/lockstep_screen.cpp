// Of the "lockstep" thread: pictures onto the screens, sound into the device, steps, and what the sessions
// are told.

#include <utility>

#include "compare/lockstep_impl.hpp"

namespace qd::compare {
namespace {

constexpr std::chrono::milliseconds playhead_every{500};
constexpr core::Seconds due_enough{1e-4};  // timestamps are rational, positions are not

}  // namespace

void Lockstep::Impl::begin_sound(core::Seconds at) {
    line_.clear();
    const Player& heard = player(audible_);
    for (const decode::SoundChunk& chunk : heard.sound) {
        decode::SoundChunk copy = chunk;
        copy.at -= shift(audible_);
        line_.push(std::move(copy));
    }
    line_.begin_at(at);
}

void Lockstep::Impl::carry_out_orders(core::SteadyTime now) {
    for (const SoundOrder what : std::exchange(orders_, {})) {
        switch (what) {
            case SoundOrder::pause:
                line_.pause();
                break;
            case SoundOrder::resume:
                line_.resume();
                break;
            case SoundOrder::begin:
                begin_sound(clock_.at(now));
                break;
            case SoundOrder::stop:
                line_.stop();
                break;
        }
    }
}

/// Scales the side's next picture ahead of its time. False when there is none. Opens the lock meanwhile.
bool Lockstep::Impl::prepare(Lock& lock, Player& player) {
    if (player.prepared) return true;
    const std::uint64_t generation = generation_;
    while (!player.queue.empty()) {
        Prepared next;
        next.picture = std::move(player.queue.front());
        player.queue.pop_front();
        next.box = box_;
        decode_wake_.notify_all();
        lock.unlock();
        auto scaled = player.scaler.scale(*next.picture.frame, next.box);
        if (scaled && options_.read_frame_code && next.picture.frame->data[0] != nullptr)
            scaled->frame_number =
                media::read_frame_code({next.picture.frame->data[0], next.picture.frame->width,
                                        next.picture.frame->height, next.picture.frame->linesize[0]});
        lock.lock();
        if (generation != generation_) return false;
        if (!scaled) {
            player.qoe.count_error("media");
            continue;
        }
        next.frame = std::move(*scaled);
        next.frame.at = next.picture.at;
        next.frame.duration = next.picture.duration;
        next.frame.level = next.picture.level;
        player.prepared = std::move(next);
        player.qoe.first_frame(steady());  // it could be shown: the other side is not its fault
        return true;
    }
    return false;
}

/// Opens the lock.
void Lockstep::Impl::show(Lock& lock, Player& player, core::SteadyTime) {
    player.shown = std::exchange(player.prepared, std::nullopt);
    const decode::DecodedPicture& picture = player.shown->picture;
    player.qoe.frames(1, 0, 0);
    player.qoe.rendered(picture.level, picture.level_bps, picture.duration);
    decode::VideoFrame frame = player.shown->frame;
    look_again_ = true;
    lock.unlock();
    player.frames.on_frame(std::move(frame));
    lock.lock();
}

void Lockstep::Impl::show_again(Lock& lock, Player& player) {
    const std::uint64_t generation = generation_;
    const media::Frame picture(av_frame_clone(player.shown->picture.frame.get()));
    const decode::Size box = box_;
    if (!picture) return;
    lock.unlock();
    auto scaled = player.scaler.scale(*picture, box);
    lock.lock();
    if (!scaled || generation != generation_ || !player.shown) return;
    decode::VideoFrame& frame = player.shown->frame;
    frame.width = scaled->width;
    frame.height = scaled->height;
    frame.stride_bytes = scaled->stride_bytes;
    frame.pixels = std::move(scaled->pixels);
    decode::VideoFrame copy = frame;
    lock.unlock();
    player.frames.on_frame(std::move(copy));
    lock.lock();
}

/// Paused: the leader goes one picture on, the other side to what is due then.
void Lockstep::Impl::step_on(Lock& lock, core::SteadyTime now) {
    const std::uint64_t generation = generation_;
    while (steps_asked_ > 0) {
        Player& leader = player(playable(player(Side::a)) && player(Side::a).has_video ? Side::a : Side::b);
        if (!prepare(lock, leader)) {
            if (generation == generation_ && leader.done) steps_asked_ = 0;
            return;
        }
        if (generation != generation_) return;
        Player& follower = player(other(leader.side));
        const core::Seconds at = due(leader, leader.prepared->picture);
        // The follower's pictures up to then must be there first.
        while (prepare(lock, follower)) {
            if (generation != generation_) return;
            if (due(follower, follower.prepared->picture) > at + due_enough) break;
            show(lock, follower, now);
            if (generation != generation_) return;
        }
        if (generation != generation_) return;
        if (!follower.prepared && !follower.done && follower.has_video) return;
        --steps_asked_;
        stepped_ = true;
        clock_.set(at, now);
        show(lock, leader, now);
        if (generation != generation_) return;
    }
}

/// The sessions measure their buffers from here. Opens the lock.
void Lockstep::Impl::tell_playheads(Lock& lock, core::SteadyTime now, bool at_once) {
    if (!at_once && now - playhead_told_ < playhead_every) return;
    playhead_told_ = now;
    const core::Seconds at = clock_.at(now);
    const double rate = clock_.running() ? clock_.rate() : 0;
    const Both<core::Seconds> own{at + shift(Side::a), at + shift(Side::b)};
    const std::uint64_t generation = generation_;
    lock.unlock();
    {
        const std::lock_guard control(control_);
        bool current = false;
        {
            const std::lock_guard inner(mutex_);
            current = generation == generation_;
        }
        if (current)
            for (const Side side : sides)
                player(side).session.set_playhead(std::max(core::Seconds(0), own[side]), rate);
    }
    lock.lock();
}

}  // namespace qd::compare
