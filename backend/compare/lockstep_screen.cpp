// Of the "lockstep" thread: pictures onto the screens, sound into the device, steps, and what the sessions
// are told.

#include <utility>

#include "compare/lockstep_impl.hpp"

namespace qd::compare {
namespace {

constexpr std::chrono::milliseconds playhead_every{500};
constexpr core::Seconds due_enough{1e-4};  // timestamps are rational, positions are not
constexpr core::Seconds longest_loss{1};   // beyond, it is no drop but a hole

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
        decode::DecodedPicture next = std::move(player.queue.front());
        player.queue.pop_front();
        const decode::Size box = box_;
        decode_wake_.notify_all();
        lock.unlock();
        auto painted = decode::paint(player.scaler, next, box, options_.read_frame_code);
        lock.lock();
        if (generation != generation_) return false;
        if (!painted) {
            player.qoe.count_error("media");
            continue;
        }
        player.prepared = decode::ScreenPicture{std::move(next), std::move(*painted)};
        player.qoe.first_frame(steady());  // it could be shown: the other side is not its fault
        return true;
    }
    return false;
}

/// Opens the lock.
void Lockstep::Impl::show(Lock& lock, Player& player, core::SteadyTime now) {
    player.shown = std::exchange(player.prepared, std::nullopt);
    const decode::DecodedPicture& picture = player.shown->picture;
    player.qoe.frames(1, 0, 0);
    player.qoe.rendered(picture.level, picture.level_bps, picture.duration);
    player.shown_at.push_back(now);
    while (player.shown_at.size() > 2 && now - player.shown_at.front() > std::chrono::seconds(1))
        player.shown_at.pop_front();
    decode::VideoFrame frame = player.shown->frame;
    look_again_ = true;
    lock.unlock();
    player.frames.on_frame(std::move(frame));
    lock.lock();
}

void Lockstep::Impl::show_again(Lock& lock, Player& player) {
    const std::uint64_t generation = generation_;
    const media::Frame picture = decode::another_reference(player.shown->picture);
    const decode::Size box = box_;
    if (!picture) return;
    lock.unlock();
    auto scaled = player.scaler.scale(*picture, box);
    lock.lock();
    if (!scaled || generation != generation_ || !player.shown) return;
    decode::repaint(player.shown->frame, std::move(*scaled));
    decode::VideoFrame copy = player.shown->frame;
    lock.unlock();
    player.frames.on_frame(std::move(copy));
    lock.lock();
}

/// Paused: the leader goes one picture on, the other side to what is due then.
void Lockstep::Impl::step_on(Lock& lock, core::SteadyTime now) {
    const std::uint64_t generation = generation_;
    while (steps_asked_ > 0) {
        Player& leader = player(
            playable(player(Side::a)) && player(Side::a).has_video && !player(Side::a).behind ? Side::a
                                                                                              : Side::b);
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
        if (!follower.prepared && !follower.done && !follower.behind && follower.has_video) return;
        // What the follower should show may have been dropped while it played.
        const bool lost =
            follower.prepared && follower.shown &&
            due_end(follower, follower.shown->picture) <= at + due_enough &&
            due(follower, follower.prepared->picture) > at + due_enough &&
            due(follower, follower.prepared->picture) - due_end(follower, follower.shown->picture) <
                longest_loss;
        if (lost) {
            const int rest = steps_asked_ - 1;
            // Into the middle of the picture: positions are rounded.
            const decode::DecodedPicture& next = leader.prepared->picture;
            if (move_both(lock, next.at - shift(leader.side) + 0.5 * next.duration)) steps_asked_ = rest;
            return;
        }
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
    // Of a loop's next lap, when that is what is being fetched: what remains of this one comes before.
    Both<core::Seconds> own;
    for (const Side side : sides) own[side] = at + shift(side) - lap_begin(player(side).pulling_lap);
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
