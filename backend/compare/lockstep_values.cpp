// What a lockstep tells: copies, made under its lock.

#include <algorithm>
#include <utility>

#include "compare/lockstep_impl.hpp"

namespace qd::compare {
namespace {

template <class T>
std::optional<T> minus(const std::optional<T>& b, const std::optional<T>& a) {
    return a && b ? std::optional(*b - *a) : std::nullopt;
}

}  // namespace

Deltas deltas(const SideSnapshot& a, const SideSnapshot& b) {
    Deltas result;
    result.startup = minus(b.qoe.startup, a.qoe.startup);
    result.stalled_ratio = minus(b.qoe.stalled_ratio(), a.qoe.stalled_ratio());
    result.average_bps = minus(b.qoe.average_bps(), a.qoe.average_bps());
    // Nothing shown, nothing dropped: no figure.
    if (a.qoe.frames_shown > 0 && b.qoe.frames_shown > 0)
        result.dropped_frames = std::int64_t(b.qoe.frames_dropped_early + b.qoe.frames_dropped_late) -
                                std::int64_t(a.qoe.frames_dropped_early + a.qoe.frames_dropped_late);
    result.first_byte = minus(b.first_byte, a.first_byte);
    return result;
}

/// With mutex_ held; the session's part comes without it.
SideSnapshot Lockstep::Impl::side_snapshot(const Player& player, core::SteadyTime now) const {
    SideSnapshot side;
    side.name = player.options.name;
    side.url = player.options.url;
    side.state = state_;
    if (player.finished && player.done && !player.has_next() && open())
        side.state = player.broken ? decode::PlaybackState::failed : decode::PlaybackState::ended;
    side.position = player.shown ? player.shown->picture.at : within(target_) + shift(player.side);
    side.holds_up = waits_for_ == player.side;
    side.left_behind = player.behind;
    side.level = player.shown ? player.shown->picture.level : player.level;
    if (player.shown) {
        side.source_width = player.shown->frame.source_width;
        side.source_height = player.shown->frame.source_height;
        if (player.shown->picture.duration > core::Seconds(0))
            side.fps = 1 / player.shown->picture.duration.count();
    }
    if (!player.decisions.empty()) side.last_decision = player.decisions.back();
    side.qoe = player.qoe.snapshot(now);
    side.error = player.error;
    std::vector<core::Seconds> first_bytes;
    for (const auto& [sequence, row] : rows_)
        if (row.first_byte[player.side]) first_bytes.push_back(*row.first_byte[player.side]);
    if (!first_bytes.empty()) {
        const auto middle = first_bytes.begin() + std::ptrdiff_t(first_bytes.size() / 2);
        std::nth_element(first_bytes.begin(), middle, first_bytes.end());
        side.first_byte = *middle;
    }
    return side;
}

/// With mutex_ held.
core::Seconds Lockstep::Impl::position(core::SteadyTime now) const {
    const Player& first = leader();
    if (first.shown && state_ != decode::PlaybackState::seeking && state_ != decode::PlaybackState::starting)
        return first.shown->picture.at - shift(first.side);
    return within(clock_.at(now) - lap_begin(first.pulling_lap));
}

/// With mutex_ held. What is asked for before anything is known may lie behind the end.
core::Seconds Lockstep::Impl::within(core::Seconds position) const {
    if (live()) return position;
    const core::Seconds end = longest_end();
    return end > core::Seconds(0) ? std::min(position, end) : position;
}

/// With mutex_ held: of the longer side, on side a's timeline; 0: not known.
core::Seconds Lockstep::Impl::longest_end() const {
    core::Seconds end{};
    for (const Side side : sides)
        if (const auto& known = player(side).presentation) end = std::max(end, known->end - shift(side));
    return end;
}

/// With mutex_ held.
bool Lockstep::Impl::live() const {
    return std::any_of(sides.begin(), sides.end(), [this](Side side) {
        const auto& known = player(side).presentation;
        return known && known->live;
    });
}

LockstepSnapshot Lockstep::Impl::snapshot() const {
    Both<player::SessionSnapshot> sessions;
    Both<std::vector<player::Cue>> cues;
    for (const Side side : sides) {
        sessions[side] = player(side).session.snapshot();
        std::optional<core::Seconds> shown;
        if (sessions[side].subtitle_track) {
            const std::lock_guard lock(mutex_);
            if (player(side).shown) shown = player(side).shown->picture.at;
        }
        if (shown) cues[side] = player(side).session.subtitles_at(*shown);
    }
    LockstepSnapshot result;
    const std::lock_guard lock(mutex_);
    const core::SteadyTime now = steady();
    result.state = state_;
    result.position = position(now);
    result.live = live();
    result.loop = loop_;
    if (leader().shown) result.laps = leader().shown->picture.lap;
    for (const Side side : sides)
        if (const auto& known = player(side).presentation) {
            const core::Seconds end = known->end - shift(side);
            result.end = result.end > core::Seconds(0) ? std::min(result.end, end) : end;
        }
    result.audible = audible_;
    result.rate = clock_.rate();
    result.audio_clock = audio_clock_;
    result.waits_for = waits_for_;
    for (const Side side : sides) {
        result.side[side] = side_snapshot(player(side), now);
        result.side[side].subtitle_track = sessions[side].subtitle_track;
        result.side[side].cues = std::move(cues[side]);
        result.side[side].session = std::move(sessions[side]);
    }
    result.delta = deltas(result.side.a, result.side.b);
    if (offset_known_) result.offset = offset_;
    if (!history_.empty()) result.last_score = history_.back();
    result.pairs_scored = pairs_scored_;
    result.pairs_skipped = pairs_skipped_;
    return result;
}

std::vector<PairScore> Lockstep::Impl::scores(std::uint64_t after) const {
    const std::lock_guard lock(mutex_);
    const auto from = std::partition_point(history_.begin(), history_.end(),
                                           [after](const PairScore& score) { return score.number <= after; });
    return {from, history_.end()};
}

std::vector<SegmentRow> Lockstep::Impl::segments() const {
    const std::lock_guard lock(mutex_);
    std::vector<SegmentRow> result;
    for (const auto& [sequence, row] : rows_) result.push_back(row);
    return result;
}

std::vector<player::FetchRecord> Lockstep::Impl::fetches(Side side, std::uint64_t after) const {
    const std::lock_guard lock(mutex_);
    std::vector<player::FetchRecord> result;
    for (const player::FetchRecord& record : player(side).qoe.log())
        if (record.number > after) result.push_back(record);
    return result;
}

Verdict Lockstep::Impl::verdict() const {
    const std::lock_guard lock(mutex_);
    return verdict_;
}

}  // namespace qd::compare
