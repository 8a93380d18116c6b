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
        if (fetch_again) one.shelf.clear();
        reposition(one, own);
    }
}

/// With mutex_ and control_ held; move_sessions() follows, to what is returned.
core::Seconds Lockstep::Impl::begin_seek(core::Seconds position) {
    position = std::max(position, core::Seconds(0));
    if (live()) {
        const auto [from, to] = common_window();
        if (to > from) position = std::clamp(position, from, std::max(from, to - core::Seconds(0.05)));
    } else if (const core::Seconds end = longest_end(); end > core::Seconds(0)) {
        position = std::min(position, std::max(core::Seconds(0), end - core::Seconds(0.001)));
    }
    if (laps_over_ && (position < laps_over_->from || position >= laps_over_->to - loop_slack))
        position = laps_over_->from;
    const bool starting = state_ == PlaybackState::starting;
    if (state_ == PlaybackState::ended) paused_ = false;
    if (!starting)
        for (const Side side : sides) {
            player(side).qoe.reopened(steady());
            player(side).qoe.seek_began(steady());
        }
    new_position(position, starting ? PlaybackState::starting : PlaybackState::seeking);
    orders_.push_back(SoundOrder::pause);
    return position;
}

void Lockstep::Impl::seek(core::Seconds position) {
    if (!std::isfinite(position.count())) return;
    const std::lock_guard control(control_);
    {
        const std::lock_guard lock(mutex_);
        if (!open()) return;
        position = begin_seek(position);
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
            const Player& first = leader();
            if (!first.shown) return;
            // Into the middle of that frame: positions are rounded. From one that is still being looked for,
            // so many further.
            const core::Seconds frame = first.shown->picture.duration;
            back_to = state_ == PlaybackState::seeking ? target_ + frames * frame
                                                       : position(steady()) + (frames + 0.5) * frame;
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
        at = position(steady());
    }
    if (again) seek(at);
}

/// Both sides know their levels: side b gets the one that fits.
void Lockstep::Impl::levels_known() {
    const std::lock_guard control(control_);
    std::optional<int> other_level;
    bool begun = false;  // without side b, which was not waited for
    core::Seconds at{};
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
            begun = state_ != PlaybackState::starting && state_ != PlaybackState::seeking;
            at = begun ? position(steady()) : target_;
            new_position(at, begun ? PlaybackState::seeking : state_);
        }
    }
    outbox_.drain(mutex_);
    if (!other_level) return;
    player(Side::b).session.lock_level(other_level);
    // From where each session has come in, which it alone knows (live, EXT-X-START).
    for (const Side side : sides) {
        Player& one = player(side);
        if (begun && side == Side::a) {
            reposition(one, at);
            continue;
        }
        const player::SessionSnapshot session = one.session.snapshot();
        if (session.state == player::SessionState::loading) continue;
        one.shelf.clear();
        one.session.seek(session.playhead);
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
        at = starting ? target_ : position(steady());
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
