// Where both go on: seeks, steps, another offset, another level.

#include <algorithm>
#include <cmath>
#include <utility>

#include "compare/level_match.hpp"
#include "compare/lockstep_impl.hpp"

namespace qd::compare {

using decode::PlaybackState;

void Lockstep::Impl::move_sessions(core::Seconds target, bool fetch_again) {
    for (const Side side : sides) {
        Player& one = player(side);
        core::Seconds own{};
        {
            const std::lock_guard lock(mutex_);
            own = std::max(core::Seconds(0), target + shift(side));
        }
        if (!fetch_again && one.shelf.rewind(own, std::nullopt)) {
            one.session.set_playhead(own, 0);
        } else {
            one.shelf.clear();
            one.session.seek(own);
        }
    }
}

void Lockstep::Impl::seek(core::Seconds position) {
    if (!std::isfinite(position.count())) return;
    const std::lock_guard control(control_);
    {
        const std::lock_guard lock(mutex_);
        if (!open()) return;
        core::Seconds end{};
        bool live = false;
        for (const Side side : sides)
            if (const auto& known = player(side).presentation) {
                live = live || known->live;
                end = std::max(end, known->end - shift(side));
            }
        position = std::max(position, core::Seconds(0));
        if (!live && end > core::Seconds(0))
            position = std::min(position, std::max(core::Seconds(0), end - core::Seconds(0.001)));
        const bool starting = state_ == PlaybackState::starting;
        if (state_ == PlaybackState::ended) paused_ = false;
        if (!starting)
            for (const Side side : sides) player(side).qoe.seek_began(steady());
        new_position(position, starting ? PlaybackState::starting : PlaybackState::seeking);
        orders_.push_back(SoundOrder::pause);
    }
    outbox_.drain(mutex_);
    move_sessions(position, false);
}

void Lockstep::Impl::step(int frames) {
    std::optional<core::Seconds> back_to;
    {
        const std::lock_guard lock(mutex_);
        if (!open() || frames == 0) return;
        frames = std::clamp(frames, -1000, 1000);
        if (state_ == PlaybackState::ended) {
            paused_ = true;
            set_state(PlaybackState::paused);
        }
        pause_now(steady());
        if (frames > 0) {
            steps_asked_ = std::min(steps_asked_ + frames, 1000);
        } else {
            const Player& leader = player(player(Side::a).shown ? Side::a : Side::b);
            if (!leader.shown) return;
            // Into the middle of that frame: positions are rounded.
            back_to = due(leader, leader.shown->picture) + (frames + 0.5) * leader.shown->picture.duration;
        }
        wake();
    }
    outbox_.drain(mutex_);
    if (back_to) seek(std::max(*back_to, core::Seconds(0)));
}

void Lockstep::Impl::set_offset(std::optional<core::Seconds> b_minus_a) {
    bool again = false;
    core::Seconds at{};
    {
        const std::lock_guard lock(mutex_);
        if (b_minus_a && !std::isfinite(b_minus_a->count())) return;
        const core::Seconds before = offset_.b_minus_a;
        Work work;
        work.kind = Work::Kind::offset;
        offset_known_ = b_minus_a.has_value();
        if (b_minus_a) {
            offset_.b_minus_a = *b_minus_a;
            offset_.method = OffsetMethod::given;
        } else {
            offset_.method = OffsetMethod::none;
        }
        work.offset = offset_;
        give(std::move(work));
        again = open() && state_ != PlaybackState::starting && offset_.b_minus_a != before;
        at = clock_.at(steady());
    }
    if (again) seek(at);
}

/// Both sides know their levels: side b gets the one that fits.
void Lockstep::Impl::levels_known() {
    const std::lock_guard control(control_);
    std::optional<int> other_level;
    core::Seconds target{};
    {
        const std::lock_guard lock(mutex_);
        const auto& a = player(Side::a).presentation;
        const auto& b = player(Side::b).presentation;
        if (levels_settled_ || !a || !b || a->levels.empty() || b->levels.empty()) return;
        levels_settled_ = true;
        const LevelMatch match = match_levels(a->levels, b->levels, options_.level);
        const int top = int(b->levels.size()) - 1;
        const int locked = options_.level < 0 ? top : std::min(options_.level, top);
        player(Side::a).level = match.a;
        player(Side::b).level = match.b;
        if (!match.notice.empty()) notice(match.notice);
        if (match.b != locked) {
            other_level = match.b;
            target = target_;
            new_position(target, state_);
        }
    }
    outbox_.drain(mutex_);
    if (other_level) {
        player(Side::b).session.lock_level(other_level);
        move_sessions(target, true);
    }
}

void Lockstep::Impl::lock_level(int level) {
    const std::lock_guard control(control_);
    Both<int> locked;
    core::Seconds at{};
    {
        const std::lock_guard lock(mutex_);
        options_.level = level;
        const auto& a = player(Side::a).presentation;
        const auto& b = player(Side::b).presentation;
        if (!open() || !a || !b || a->levels.empty() || b->levels.empty()) return;
        const LevelMatch match = match_levels(a->levels, b->levels, level);
        if (match.a == player(Side::a).level && match.b == player(Side::b).level) return;
        if (!match.notice.empty()) notice(match.notice);
        locked = {match.a, match.b};
        for (const Side side : sides) player(side).level = locked[side];
        const bool starting = state_ == PlaybackState::starting;
        at = starting ? target_ : clock_.at(steady());
        if (!starting)
            for (const Side side : sides) player(side).qoe.seek_began(steady());
        new_position(at, starting ? PlaybackState::starting : PlaybackState::seeking);
        orders_.push_back(SoundOrder::pause);
    }
    outbox_.drain(mutex_);
    for (const Side side : sides) player(side).session.lock_level(locked[side]);
    move_sessions(at, true);
}

}  // namespace qd::compare
