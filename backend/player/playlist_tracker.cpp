#include "player/playlist_tracker.hpp"

#include <algorithm>
#include <cmath>

namespace qd::player {

std::optional<core::SteadyTime> PlaylistTracker::due() const {
    if (complete_ || loading_) return std::nullopt;
    return due_;
}

void PlaylistTracker::begin_load(core::SteadyTime now) {
    loading_ = true;
    load_began_ = now;
}

void PlaylistTracker::load_cancelled(core::SteadyTime now) {
    if (loading_) due_ = now;
    loading_ = false;
}

void PlaylistTracker::relocate(std::string url, core::SteadyTime now) {
    url_ = std::move(url);
    // What ends begins at 0 wherever it comes from; what is live is joined to what was known of it.
    if (complete_) segments_.clear();
    known_ = complete_ = loading_ = false;
    failures_ = 0;
    due_ = now;
}

core::Result<> PlaylistTracker::loaded(std::string_view text, core::SteadyTime now, const std::string& from) {
    auto fresh = read_media_segments(text, from.empty() ? url_ : from, imported_);
    if (!fresh) return core::Failure(fresh.error());
    if (fresh->segments.empty() && fresh->complete && segments_.empty())
        return core::fail(core::Errc::corrupt, "the playlist has no segments");

    longest_ = {};
    for (const TimelineSegment& segment : fresh->segments) longest_ = std::max(longest_, segment.duration);
    const bool grown = take_over(std::move(fresh->segments));
    target_ = fresh->target_duration;
    complete_ = fresh->complete;
    keeps_all_ = fresh->keeps_all;
    ignored_ = std::move(fresh->ignored);
    start_offset_ = fresh->start_offset;
    known_ = true;
    loading_ = false;
    failures_ = 0;
    if (grown || complete_)
        unchanged_since_.reset();
    else if (!unchanged_since_)
        unchanged_since_ = now;
    // RFC 8216, 6.3.4: measured from when the load began; half the period when nothing was new.
    const core::Seconds period = pace();
    due_ =
        std::max(core::after(load_began_, grown ? period : period / 2), core::after(now, core::Seconds(0.1)));
    return {};
}

core::Seconds PlaylistTracker::pace() const {
    if (longest_ <= core::Seconds(0)) return std::min(target_, core::Seconds(10));
    const bool lies =
        target_ > 4 * longest_ + core::Seconds(1) || longest_ > 1.5 * target_ + core::Seconds(1);
    return std::clamp(lies ? longest_ : target_, core::Seconds(0.5), core::Seconds(60));
}

void PlaylistTracker::load_failed(core::SteadyTime now) {
    loading_ = false;
    ++failures_;
    const double longest = known_ ? std::max(4.0, target_.count()) : 4.0;
    due_ = core::after(now, core::Seconds(std::min(longest, 0.5 * std::exp2(std::min(failures_, 10u) - 1))));
}

/// Places the fresh copy on the timeline that is known. True when it has something new.
bool PlaylistTracker::take_over(std::deque<TimelineSegment> fresh) {
    if (segments_.empty() || fresh.empty()) {
        const bool grown = !fresh.empty();
        if (grown) segments_ = std::move(fresh);
        return grown;
    }
    core::Seconds shift{};
    if (const TimelineSegment* same = by_sequence(fresh.front().sequence)) {
        shift = same->start - fresh.front().start;
    } else if (fresh.front().sequence > segments_.back().sequence) {
        // We missed a part: as many segments of the target duration, for want of better knowledge.
        const auto missed = double(fresh.front().sequence - segments_.back().sequence - 1);
        shift = end() + std::min(missed, 1e6) * target_ - fresh.front().start;
    } else if (const auto found = std::find_if(fresh.begin(), fresh.end(),
                                               [this](const TimelineSegment& segment) {
                                                   return segment.sequence == segments_.front().sequence;
                                               });
               found != fresh.end()) {
        shift = segments_.front().start - found->start;
    } else {
        // Numbers went back altogether: the stream was started anew. It goes on where the old one ended.
        shift = end() - fresh.front().start;
        ++resets_;
    }
    const bool grown =
        fresh.back().sequence != segments_.back().sequence || fresh.back().url != segments_.back().url;
    for (TimelineSegment& segment : fresh) segment.start += shift;
    segments_ = std::move(fresh);
    return grown;
}

const TimelineSegment* PlaylistTracker::by_sequence(std::uint64_t sequence) const {
    if (segments_.empty() || sequence < segments_.front().sequence) return nullptr;
    const std::uint64_t index = sequence - segments_.front().sequence;
    return index < segments_.size() ? &segments_[std::size_t(index)] : nullptr;
}

const TimelineSegment* PlaylistTracker::at(core::Seconds position) const {
    const auto found =
        std::partition_point(segments_.begin(), segments_.end(),
                             [position](const TimelineSegment& s) { return s.end() <= position; });
    return found == segments_.end() ? nullptr : &*found;
}

void PlaylistTracker::align_with(const PlaylistTracker& other) {
    if (segments_.empty() || other.segments_.empty() || (complete_ && other.complete_)) return;
    std::optional<core::Seconds> shift;
    const TimelineSegment& mine = segments_.front();
    if (mine.program_date_time && other.segments_.front().program_date_time) {
        const TimelineSegment& theirs = other.segments_.front();
        shift =
            theirs.start + core::Seconds(*mine.program_date_time - *theirs.program_date_time) - mine.start;
    } else if (const TimelineSegment* same = other.by_sequence(mine.sequence)) {
        shift = same->start - mine.start;
    } else {
        shift = other.end() - end();  // both end at the live edge
    }
    for (TimelineSegment& segment : segments_) segment.start += *shift;
}

}  // namespace qd::player
