// Two windows of a live title: where both begin, a side that is late, stops, or falls out of its window, and
// timelines that move against each other.

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "compare/lockstep_impl.hpp"

namespace qd::compare {
namespace {

constexpr core::Seconds worth_moving{0.25};
constexpr core::Seconds timeline_moved{0.1};    // beyond what rounded dates make
constexpr core::Seconds moved_too_far{60};      // nothing is believed beyond
constexpr double segments_behind_the_edge = 3;  // as a player begins (RFC 8216, 6.3.3)

std::string span_text(core::Seconds span) {
    return fmt::format("{:.1f} s", std::abs(span.count()));
}

}  // namespace

/// With mutex_ held, as all below: what both windows hold, on side a's timeline (a: from, b: to). A side that
/// has failed has no say.
Both<core::Seconds> Lockstep::Impl::common_window() const {
    Both<core::Seconds> window;
    bool any = false;
    for (const Side side : sides) {
        const Player& one = player(side);
        if (!one.presentation || one.error) continue;
        const core::Seconds from = one.presentation->start - shift(side);
        const core::Seconds to = one.presentation->end - shift(side);
        window = any ? Both<core::Seconds>{std::max(window.a, from), std::min(window.b, to)}
                     : Both<core::Seconds>{from, to};
        any = true;
    }
    return window;
}

core::Seconds Lockstep::Impl::segment_length(const Player& player) const {
    return std::max(core::Seconds(1),
                    player.presentation ? player.presentation->target_duration : core::Seconds(0));
}

bool Lockstep::Impl::patience_is_over(core::SteadyTime now) const {
    return live() && core::Seconds(now - waiting_since_) >= options_.live_patience;
}

/// Opens the lock. Not a seek in the QoE: nobody has asked for it. False when something else came before.
bool Lockstep::Impl::move_both(Lock& lock, core::Seconds to) {
    const std::uint64_t generation = generation_;
    to = std::max(to, core::Seconds(0));
    lock.unlock();
    bool current = false;
    {
        const std::lock_guard control(control_);
        {
            const std::lock_guard inner(mutex_);
            current = generation == generation_ && open();
            if (current) {
                const bool starting = state_ == decode::PlaybackState::starting;
                new_position(to, starting ? state_ : decode::PlaybackState::seeking);
                orders_.push_back(SoundOrder::pause);
            }
        }
        outbox_.drain(mutex_);
        if (current) move_sessions(to, false);
    }
    lock.lock();
    return current;
}

/// The first pictures of both are there. Where one window is later than the other, both begin where the later
/// one can: at the edge of the other there would be nothing to go on with.
bool Lockstep::Impl::begin_together(Lock& lock) {
    Player &a = player(Side::a), &b = player(Side::b);
    if (aligned_ || !a.presentation || !b.presentation || !live() || !a.prepared || !b.prepared) return false;
    aligned_ = true;
    if (!offset_known_) {
        if (const auto found = offset_of_live(a.pulled, b.pulled, a.presentation->target_duration)) {
            offset_ = *found;
            Work work;
            work.kind = Work::Kind::offset;
            work.offset = offset_;
            give(std::move(work));
        }
    }
    const core::Seconds first_a = due(a, a.prepared->picture), first_b = due(b, b.prepared->picture);
    const core::Seconds first = std::min(first_a, first_b), last = std::max(first_a, first_b);
    const Player& late = first_a < first_b ? a : b;
    const core::Seconds from = std::max(first, common_window().a);
    if (from > first + worth_moving)
        notice(fmt::format("{} is {} behind {}, which has not kept that much: it must come there first",
                           late.options.name, span_text(last - first),
                           player(other(late.side)).options.name));
    return last > from + worth_moving && move_both(lock, from);
}

/// A segment has come: do dates or numbers still say what they said? Where a side has missed a part of its
/// playlist, its timeline goes on by guess.
void Lockstep::Impl::watch_offset() {
    if (!aligned_ || !live() || offset_.method == OffsetMethod::given) return;
    const auto found = live_offset(player(Side::a).pulled, player(Side::b).pulled);
    if (!found) return;
    if (live_offset_ && live_offset_->method == found->method) {
        const core::Seconds moved = found->b_minus_a - live_offset_->b_minus_a;
        if (std::abs(moved.count()) < timeline_moved.count()) return;
        if (std::abs(moved.count()) < moved_too_far.count()) {
            offset_moved_ += moved;
            present_wake_.notify_all();
        }
    }
    live_offset_ = found;
}

bool Lockstep::Impl::follow_offset(Lock& lock, core::SteadyTime now) {
    const core::Seconds moved = std::exchange(offset_moved_, core::Seconds(0));
    if (!open() || offset_.method == OffsetMethod::given) return false;
    const core::Seconds at = position(now);
    offset_.b_minus_a += moved;
    Work work;
    work.kind = Work::Kind::offset;
    work.offset = offset_;
    give(std::move(work));
    notice(fmt::format("the timelines have moved by {} against each other: both are aligned again",
                       span_text(moved)));
    return move_both(lock, at);
}

/// A side has lost segments that have left its window: it would stand still until the other is there.
bool Lockstep::Impl::jump_over_hole(Lock& lock, core::SteadyTime now) {
    if (!live()) return false;
    const core::Seconds at = clock_.at(now);
    core::Seconds to = at;
    for (const Side side : sides) {
        const Player& one = player(side);
        if (one.behind || !one.prepared || !one.shown) continue;
        const core::Seconds shown_until = due_end(one, one.shown->picture);
        const core::Seconds next = due(one, one.prepared->picture);
        // One segment that could not be had is a difference to be seen.
        if (next - shown_until > 1.5 * segment_length(one) && at >= shown_until) to = std::max(to, next);
    }
    if (to <= at) return false;
    for (const Side side : sides) {
        const Player& one = player(side);
        const bool gone = one.done || one.behind || one.error || !one.presentation;
        if (!gone && one.presentation->end - shift(side) <= to) return false;  // it is not there yet
    }
    notice(fmt::format("a window has moved on: both skip {}", span_text(to - at)));
    return move_both(lock, to);
}

void Lockstep::Impl::leave_behind(Player& late, core::SteadyTime now) {
    late.behind = true;
    late.behind_from = late.pulled_until;
    if (late.side == audible_) line_.clear();  // it is not what the clock goes by
    const std::string text =
        fmt::format("{} has had nothing to show for {}: {} goes on alone", late.options.name,
                    span_text(now - waiting_since_), player(other(late.side)).options.name);
    Work cut;
    cut.kind = Work::Kind::interrupt;
    give(std::move(cut));
    Work note;
    note.kind = Work::Kind::note;
    note.text = text;
    give(std::move(note));
    notice(text);
}

void Lockstep::Impl::join_again(Player& late, core::SteadyTime now) {
    late.behind = false;
    late.qoe.seek_ended(now);
    late.qoe.stall_ended(now);
    if (late.side == audible_) {
        begin_sound(clock_.at(now));
        line_.resume();
    }
    notice(late.options.name + " is in step again");
}

/// It has come to life, but lags: both go on from what it has, if the other still has that too.
bool Lockstep::Impl::go_back_for(Lock& lock, Player& late, core::SteadyTime now) {
    if (!late.waits || late.pulled_until <= late.behind_from || !late.presentation) return false;
    const core::Seconds edge = late.presentation->end - shift(late.side);
    const core::Seconds at = clock_.at(now);
    if (edge > at) return false;
    const core::Seconds from =
        std::max(edge - segments_behind_the_edge * segment_length(late), common_window().a);
    late.behind_from = late.pulled_until;  // asked again when more has come
    if (from > edge - segment_length(late)) return false;
    notice(fmt::format("{} is there again, {} behind: both go back to what it has", late.options.name,
                       span_text(at - edge)));
    return move_both(lock, from);
}

}  // namespace qd::compare
