// The "lockstep" thread: the one clock, the pictures of both sides when they are due, the sound of one.

#include <algorithm>
#include <utility>

#include "compare/lockstep_impl.hpp"
#include "core/executor.hpp"

namespace qd::compare {
namespace {

using decode::PlaybackState;
namespace chr = std::chrono;

constexpr chr::milliseconds sound_period{20};
constexpr chr::milliseconds look_period{250};
constexpr chr::milliseconds stall_look{50};
constexpr core::Seconds late_is_stall{0.05};   // a picture may be so late before it counts as a stall
constexpr core::Seconds enough_to_resume{2};   // as the playback has it
constexpr core::Seconds smallest_hole{0.25};   // on both sides: jumped over
constexpr core::Seconds as_good_as_due{1e-4};  // timestamps are rational, positions are not

}  // namespace

void Lockstep::Impl::present_loop() {
    core::name_this_thread("lockstep");
    Lock lock(mutex_);
    while (!ending_) {
        const std::uint64_t generation = generation_;
        const core::SteadyTime next = present_once(lock, steady());
        lock.unlock();
        outbox_.drain(mutex_);
        lock.lock();
        if (ending_ || generation != generation_ || std::exchange(look_again_, false)) continue;
        const core::SteadyTime now = steady();
        if (next > now)
            present_wake_.wait_for(lock, std::min<core::SteadyTime::duration>(next - now, look_period));
    }
    line_.stop();
}

core::SteadyTime Lockstep::Impl::present_once(Lock& lock, core::SteadyTime now) {
    carry_out_orders(now);
    if (std::exchange(size_changed_, false)) {
        for (const Side side : sides) {
            Player& one = player(side);
            if (one.prepared) one.queue.push_front(std::move(one.prepared->picture));
            one.prepared.reset();
            if (one.shown && state_ != PlaybackState::playing) show_again(lock, one);
        }
        look_again_ = true;
        return now;
    }
    if (offset_moved_ != core::Seconds(0) && follow_offset(lock, now)) return now;
    switch (state_) {
        case PlaybackState::idle:
        case PlaybackState::ended:
        case PlaybackState::failed:
            return now + look_period;
        case PlaybackState::starting:
        case PlaybackState::seeking:
            return begin_or_wait(lock, now);
        case PlaybackState::playing:
            return play_on(lock, now);
        case PlaybackState::stalled:
            return ride_out_stall(lock, now);
        case PlaybackState::paused:
            tell_playheads(lock, now, false);
            if (steps_asked_ > 0 && state_ == PlaybackState::paused) step_on(lock, now);
            return now + look_period;
    }
    return now + look_period;
}

core::SteadyTime Lockstep::Impl::begin_or_wait(Lock& lock, core::SteadyTime now) {
    const std::uint64_t generation = generation_;
    bool all = true, any = false;
    for (const Side side : sides) {
        Player& one = player(side);
        const bool ready = prepare(lock, one);
        if (generation != generation_) return now;
        any = any || ready;
        all = all && (ready || one.done || one.behind || (one.has_audio && !one.has_video));
        if (one.done && !ready) finish_side(one, now);
    }
    if (!all) {
        if (!any || !patience_is_over(now)) return now + look_period;
        for (const Side side : sides)
            if (!player(side).has_next() && !player(side).done) leave_behind(player(side), now);
    }
    if (!any) {
        finish(now);
        return now;
    }
    if (begin_together(lock) || generation != generation_) return now;
    // Both begin where the later one does.
    core::Seconds begin = target_;
    bool first = true;
    for (const Side side : sides) {
        const Player& one = player(side);
        if (!one.prepared) continue;
        const core::Seconds at = due(one, one.prepared->picture);
        begin = first ? at : std::max(begin, at);
        first = false;
    }
    for (const Side side : sides) {
        Player& one = player(side);
        while (one.prepared && due_end(one, one.prepared->picture) <= begin + as_good_as_due) {
            if (one.queue.empty() && !one.done) {
                one.prepared.reset();  // not there yet
                return now;
            }
            if (one.queue.empty()) break;
            one.prepared.reset();
            prepare(lock, one);
            if (generation != generation_) return now;
        }
    }
    now = steady();
    for (const Side side : sides)
        if (Player& one = player(side); !one.finished && !one.behind) {
            one.qoe.seek_ended(now);
            one.qoe.stall_ended(now);
        }
    clock_.set(begin, now);
    begin_sound(begin);
    if (paused_) {
        clock_.halt(now);
        line_.pause();
        set_state(PlaybackState::paused);
    } else {
        clock_.run(now);
        line_.resume();
        line_.feed(now);
        set_state(PlaybackState::playing);
    }
    playhead_told_ = {};
    look_again_ = true;
    decode_wake_.notify_all();
    for (const Side side : sides)
        if (player(side).prepared && generation == generation_) show(lock, player(side), now);
    return now;
}

core::SteadyTime Lockstep::Impl::play_on(Lock& lock, core::SteadyTime now) {
    line_.feed(now);
    const auto heard = line_.heard(now);
    audio_clock_ = heard.has_value();
    if (heard) clock_.discipline(heard->at, now);
    decode_wake_.notify_all();
    tell_playheads(lock, now, false);
    if (state_ != PlaybackState::playing) return now;
    const std::uint64_t generation = generation_;
    core::SteadyTime next = now + sound_period;
    std::optional<core::Seconds> nearest;  // due, of the pictures that wait
    bool nothing_due = true;
    for (const Side side : sides) {
        Player& one = player(side);
        // It has come only now: where it stands is not known yet.
        if (one.behind && !aligned_ && begin_together(lock)) return now;
        if (generation != generation_) return now;
        while (!one.prepared && one.queue.size() >= 2 && due(one, one.queue[1]) <= clock_.at(now)) {
            one.queue.pop_front();
            one.qoe.frames(0, 0, 1);
        }
        if (!prepare(lock, one)) {
            if (generation != generation_) return now;
            continue;
        }
        now = steady();
        const core::Seconds at = due(one, one.prepared->picture);
        if (at > clock_.at(now) + as_good_as_due) {
            nearest = nearest ? std::min(*nearest, at) : at;
            next = std::min(next, clock_.when(at));
            continue;
        }
        nothing_due = false;
        if (!one.queue.empty() && due(one, one.queue.front()) <= clock_.at(now)) {
            one.qoe.frames(0, 0, 1);
            one.prepared.reset();
            look_again_ = true;
            continue;
        }
        if (one.behind) join_again(one, now);
        show(lock, one, now);
        if (generation != generation_ || state_ != PlaybackState::playing) return now;
    }
    if (!nothing_due) return now;
    if (jump_over_hole(lock, now) || generation != generation_) return now;
    now = steady();
    const core::Seconds at = clock_.at(now);
    bool over = true;
    core::Seconds end = at;
    for (const Side side : sides) {
        Player& one = player(side);
        const core::Seconds shown_until = one.shown ? due_end(one, one.shown->picture) : at;
        if (one.has_next()) {
            over = false;
            continue;
        }
        if (one.done && one.dropped && !one.behind) {
            one.queue.push_back(*std::exchange(one.dropped, std::nullopt));
            return now;
        }
        if (one.done) {
            if (at < shown_until) {
                over = false;
                next = std::min(next, clock_.when(shown_until));
            } else {
                finish_side(one, now);
            }
            continue;
        }
        over = false;
        if (one.behind) {
            if (go_back_for(lock, one, now) || generation != generation_) return now;
            continue;
        }
        if (!one.waits || !one.has_video || at < shown_until + late_is_stall) continue;
        // It holds up both: the other one is as if paused.
        clock_.halt(now);
        end = std::min(end, shown_until);
        clock_.set(end, now);
        line_.pause();
        one.qoe.stall_began(now - chr::duration_cast<core::SteadyTime::duration>((at - end) / clock_.rate()),
                            one.shown ? one.shown->picture.end() : shown_until + shift(side));
        Player& waiting = player(other(side));
        if (!waiting.finished && !waiting.behind) {
            waiting.qoe.paused(now);
            waiting.held = true;
        }
        waits_for_ = side;
        waiting_since_ = now;
        set_state(PlaybackState::stalled);
        notice(one.options.name + " has nothing to show: both wait");
        tell_playheads(lock, now, true);
        return now;
    }
    if (over) {
        finish(now);
        return now;
    }
    // A hole on both sides: the pictures jump rather than stand still.
    if (nearest && *nearest - at > smallest_hole) {
        const bool all_wait = std::all_of(sides.begin(), sides.end(), [&](Side side) {
            const Player& one = player(side);
            return one.has_next() ? !one.shown || at >= due_end(one, one.shown->picture) : one.done;
        });
        if (all_wait) {
            clock_.set(*nearest, now);
            begin_sound(*nearest);
            return now;
        }
    }
    return next;
}

core::SteadyTime Lockstep::Impl::ride_out_stall(Lock& lock, core::SteadyTime now) {
    if (!waits_for_) return now + look_period;
    const Side side = *waits_for_;
    Player& one = player(side);
    const bool too_long = patience_is_over(now);
    if (Player& rest = player(other(side)); rest.behind && go_back_for(lock, rest, now)) return now;
    if (state_ != PlaybackState::stalled || waits_for_ != side) return now;
    if (!one.has_next() && !one.done) {
        if (!too_long || !player(other(side)).has_next()) return now + look_period;
        leave_behind(one, now);
        go_on(now);
        return now;
    }
    const std::uint64_t generation = generation_;
    lock.unlock();
    const player::SessionSnapshot session = one.session.snapshot();
    lock.lock();
    if (generation != generation_ || state_ != PlaybackState::stalled || waits_for_ != side) return now;
    const bool no_more = too_long || one.done || session.state == player::SessionState::complete ||
                         session.state == player::SessionState::failed;
    if (session.buffered < enough_to_resume * std::max(1.0, clock_.rate()) && !no_more)
        return now + stall_look;
    one.qoe.stall_ended(now);
    go_on(now);
    return now;
}

/// Out of a stall.
void Lockstep::Impl::go_on(core::SteadyTime now) {
    release_held(now);
    waits_for_.reset();
    clock_.run(now);
    line_.resume();
    set_state(PlaybackState::playing);
    playhead_told_ = {};
    look_again_ = true;
}

void Lockstep::Impl::finish_side(Player& player, core::SteadyTime now) {
    if (std::exchange(player.finished, true)) return;
    player.qoe.finished(now, player.broken, !player.broken);
    if (!player.broken) return;
    if (!player.error)
        player.error = core::Error{core::Errc::unavailable, "the title could not be played to its end"};
    if (player.qoe.snapshot(now).errors == 0) player.qoe.count_error("fatal");
    notice(player.options.name + " has failed: " + player.error->message);
}

void Lockstep::Impl::finish(core::SteadyTime now) {
    clock_.halt(now);
    line_.pause();
    for (const Side side : sides) finish_side(player(side), now);
    set_state(player(Side::a).broken && player(Side::b).broken ? PlaybackState::failed
                                                               : PlaybackState::ended);
}

}  // namespace qd::compare
