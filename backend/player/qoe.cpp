#include "player/qoe.hpp"

#include <algorithm>

namespace qd::player {

std::string_view to_string(Outcome outcome) {
    switch (outcome) {
        case Outcome::running:
            return "running";
        case Outcome::ended:
            return "ended";
        case Outcome::stopped:
            return "stopped";
        case Outcome::exit_before_start:
            return "exit_before_start";
        case Outcome::start_failure:
            return "start_failure";
        case Outcome::failed:
            return "failed";
    }
    return "running";
}

std::optional<double> Qoe::stalled_ratio() const {
    if (!startup || watched <= core::Seconds(0)) return std::nullopt;
    return stalled / watched;
}

std::optional<double> Qoe::average_bps() const {
    if (media_played <= core::Seconds(0)) return std::nullopt;
    return bit_seconds / media_played.count();
}

void QoeTracker::requested(core::SteadyTime at) {
    requested_ = at;
    watching_since_ = at;
}

void QoeTracker::first_frame(core::SteadyTime at) {
    if (totals_.startup || !requested_ || totals_.outcome != Outcome::running) return;
    totals_.startup = at - *requested_;
}

void QoeTracker::stall_began(core::SteadyTime at, core::Seconds media_at) {
    if (!totals_.startup || stall_since_ || seeking_ || paused_ || totals_.outcome != Outcome::running)
        return;
    stall_since_ = at;
    ++totals_.stalls;
    stalls_.push_back({at, media_at, {}, true});
    if (stalls_.size() > log_limit_) stalls_.pop_front();
}

void QoeTracker::stall_ended(core::SteadyTime at) {
    close_stall(at);
}

void QoeTracker::close_stall(core::SteadyTime at) {
    if (!stall_since_) return;
    const core::Seconds lasted = std::max(core::Seconds(0), core::Seconds(at - *stall_since_));
    stall_since_.reset();
    totals_.stalled += lasted;
    totals_.longest_stall = std::max(totals_.longest_stall, lasted);
    if (!stalls_.empty()) {
        stalls_.back().duration = lasted;
        stalls_.back().open = false;
    }
}

void QoeTracker::close_watch(core::SteadyTime at) {
    if (!watching_since_) return;
    totals_.watched += std::max(core::Seconds(0), core::Seconds(at - *watching_since_));
    watching_since_.reset();
}

void QoeTracker::paused(core::SteadyTime at) {
    if (paused_ || totals_.outcome != Outcome::running) return;
    paused_ = true;
    close_stall(at);
    close_watch(at);
}

void QoeTracker::resumed(core::SteadyTime at) {
    if (!paused_ || totals_.outcome != Outcome::running) return;
    paused_ = false;
    watching_since_ = at;
}

void QoeTracker::seek_began(core::SteadyTime at) {
    if (totals_.outcome != Outcome::running) return;
    if (!seeking_) ++totals_.seeks;
    seeking_ = true;
    close_stall(at);
}

void QoeTracker::seek_ended(core::SteadyTime) {
    seeking_ = false;
}

void QoeTracker::finished(core::SteadyTime at, bool fatal, bool at_end) {
    if (totals_.outcome != Outcome::running) return;
    close_stall(at);
    close_watch(at);
    if (!totals_.startup)
        totals_.outcome = fatal ? Outcome::start_failure : Outcome::exit_before_start;
    else if (fatal)
        totals_.outcome = Outcome::failed;
    else
        totals_.outcome = at_end ? Outcome::ended : Outcome::stopped;
}

void QoeTracker::reopened(core::SteadyTime at) {
    if (totals_.outcome != Outcome::ended) return;
    totals_.outcome = Outcome::running;
    watching_since_ = at;
    paused_ = false;
}

void QoeTracker::fetched(const FetchRecord& record) {
    totals_.bytes += record.bytes;
    if (record.abandoned) ++totals_.abandoned_segments;
    if (const std::string_view kind = error_kind(record); !kind.empty()) {
        ++totals_.errors;
        ++totals_.errors_by_kind[std::string(kind)];
    }
    if (log_limit_ == 0) return;
    log_.push_back(record);
    if (log_.size() > log_limit_) log_.pop_front();
}

void QoeTracker::count_error(std::string_view kind) {
    ++totals_.errors;
    ++totals_.errors_by_kind[std::string(kind)];
}

void QoeTracker::rendered(int level, double level_bps, core::Seconds media) {
    if (media <= core::Seconds(0)) return;
    totals_.media_played += media;
    totals_.bit_seconds += level_bps * media.count();
    if (last_level_ >= 0 && level != last_level_)
        ++(level > last_level_ ? totals_.switches_up : totals_.switches_down);
    last_level_ = level;
}

void QoeTracker::frames(std::uint64_t shown, std::uint64_t dropped_early, std::uint64_t dropped_late) {
    totals_.frames_shown += shown;
    totals_.frames_dropped_early += dropped_early;
    totals_.frames_dropped_late += dropped_late;
}

Qoe QoeTracker::snapshot(core::SteadyTime now) const {
    Qoe result = totals_;
    if (watching_since_) result.watched += std::max(core::Seconds(0), core::Seconds(now - *watching_since_));
    if (stall_since_) {
        const core::Seconds lasts = std::max(core::Seconds(0), core::Seconds(now - *stall_since_));
        result.stalled += lasts;
        result.longest_stall = std::max(result.longest_stall, lasts);
        result.stalled_now = true;
    }
    return result;
}

}  // namespace qd::player
