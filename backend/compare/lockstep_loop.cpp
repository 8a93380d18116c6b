// A range played over and over: each side's pipeline begins its laps by itself, the clock goes on, and lap n
// of both is due n times the range later.

#include <algorithm>
#include <cmath>

#include "compare/lockstep_impl.hpp"

namespace qd::compare {
namespace {

constexpr core::Seconds shortest_loop{0.1};
constexpr std::size_t most_laps_of_sound = 32;

}  // namespace

/// With mutex_ held: both ends of the loop, as soon as they are known. What has begun is not changed.
void Lockstep::Impl::settle_loop() {
    if (!loop_ || laps_over_) return;
    core::Seconds end{};  // of the shorter side
    bool all_known = true;
    for (const Side side : sides) {
        const Player& one = player(side);
        if (one.presentation) {
            const core::Seconds own = one.presentation->end - shift(side);
            end = end > core::Seconds(0) ? std::min(end, own) : own;
        } else if (!one.error) {
            all_known = false;
        }
    }
    decode::LoopRange range = *loop_;
    if (!live() && all_known && end > shortest_loop) {
        range.to = range.to > core::Seconds(0) ? std::min(range.to, end) : end;
        range.from = std::min(range.from, range.to - shortest_loop);
    }
    if (range.to == core::Seconds(0)) return;
    laps_over_ = range;
    for (const Side side : sides) player(side).loop_changed = true;
    decode_wake_.notify_all();
}

void Lockstep::Impl::set_loop(std::optional<decode::LoopRange> range) {
    const std::lock_guard control(control_);
    std::optional<core::Seconds> again_from;
    {
        const std::lock_guard lock(mutex_);
        if (range) {
            if (!std::isfinite(range->from.count()) || !std::isfinite(range->to.count())) return;
            range->from = std::max(range->from, core::Seconds(0));
            if (range->to != core::Seconds(0)) range->to = std::max(range->to, range->from + shortest_loop);
        }
        if (range == loop_ || !open()) return;
        // Of a bounded range, what lies behind its end is not decoded.
        const auto pulled_to_its_end = [this] {
            return laps_over_ && std::any_of(sides.begin(), sides.end(), [this](Side side) {
                       const Player& one = player(side);
                       return one.pulling_lap > 0 || one.pulled_until >= laps_over_->to + shift(side);
                   });
        };
        const core::Seconds at = position(steady());
        bool again = pulled_to_its_end() || (range && state_ == decode::PlaybackState::ended);
        loop_ = range;
        laps_over_.reset();
        settle_loop();
        const bool inside =
            !range || (at >= range->from - loop_slack && (!laps_over_ || at < laps_over_->to - loop_slack));
        // What is on its way to the screens may lie beyond the new range.
        again = again || !inside || pulled_to_its_end();
        if (again)
            again_from = begin_seek(inside ? at : range->from);
        else
            for (const Side side : sides) player(side).loop_changed = true;
        wake();
    }
    outbox_.drain(mutex_);
    if (again_from) move_sessions(*again_from, false);
}

/// With control_ held and mutex_ not: what is pulled next holds `own`, without a request where that can be.
void Lockstep::Impl::reposition(Player& player, core::Seconds own) {
    if (player.shelf.rewind(own, std::nullopt)) return player.session.set_playhead(own, 0);
    player.shelf.clear();
    player.session.seek(own);
}

/// The side's decoder begins its next lap; `from` is on its own timeline. With control_ held.
void Lockstep::Impl::next_lap(Player& player, core::Seconds from, core::Seconds pipeline_shift) {
    std::optional<core::Seconds> again_from;
    {
        const std::lock_guard lock(mutex_);
        const auto& known = player.presentation;
        const bool kept = player.shelf.holds_position(from);
        if (player.loop_changed || !laps_over_) {
            again_from = begin_seek(position(steady()));  // a lap of the range before
        } else if (!kept && known && known->live && from < known->start - loop_slack) {
            loop_.reset();
            laps_over_.reset();
            notice(player.options.name + " no longer has the looped range: playing on");
            again_from = begin_seek(known->start - shift(player.side));
        } else {
            player.lap_shifts[++player.pulling_lap] = pipeline_shift;
            if (player.lap_shifts.size() > most_laps_of_sound)
                player.lap_shifts.erase(player.lap_shifts.begin());
        }
    }
    outbox_.drain(mutex_);
    if (again_from)
        move_sessions(*again_from, false);
    else
        reposition(player, from);
}

/// With mutex_ held. A pipeline's lap is as long as what there was of it; the common one is the range. They
/// differ where the range ends behind the last picture.
core::Seconds Lockstep::Impl::lap_correction(const Player& player, const decode::SoundChunk& chunk) const {
    if (!laps_over_) return {};
    const core::Seconds from = laps_over_->from + shift(player.side);
    for (auto lap = player.lap_shifts.rbegin(); lap != player.lap_shifts.rend(); ++lap)
        if (chunk.at + chunk.duration() > from + lap->second) return lap_begin(lap->first) - lap->second;
    return {};
}

}  // namespace qd::compare
