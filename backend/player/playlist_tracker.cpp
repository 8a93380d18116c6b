#include "player/playlist_tracker.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "hls/playlist.hpp"
#include "http/url.hpp"

namespace qd::player {
namespace chr = std::chrono;
namespace {

constexpr std::size_t max_levels = 64;

hls::Limits limits() {
    hls::Limits result;
    result.bytes = 8u << 20;
    result.entries = PlaylistTracker::max_segments;
    return result;
}

std::optional<ByteRange> range_of(const std::optional<hls::ByteRange>& range) {
    if (!range) return std::nullopt;
    return ByteRange{range->offset, range->length};
}

/// Absolute, and http(s): a playlist must not make us read anything else.
core::Result<std::string> resolve_media(const std::string& base, const std::string& reference) {
    auto url = http::resolve(base, reference);
    if (!url) return url;
    if (!url->starts_with("http://") && !url->starts_with("https://"))
        return core::fail(core::Errc::corrupt, "the playlist names an address that is not http: '{}'",
                          url->substr(0, 100));
    return url;
}

core::Result<Presentation> from_multivariant(const hls::MultivariantPlaylist& playlist,
                                             const std::string& url) {
    std::vector<const hls::Variant*> variants;
    const bool video =
        std::any_of(playlist.variants.begin(), playlist.variants.end(),
                    [](const hls::Variant& variant) { return variant.resolution.has_value(); });
    for (const hls::Variant& variant : playlist.variants)
        if (!video || variant.resolution) variants.push_back(&variant);
    if (variants.empty()) return core::fail(core::Errc::corrupt, "the playlist offers no variant");
    std::stable_sort(variants.begin(), variants.end(),
                     [](const auto* a, const auto* b) { return a->bandwidth < b->bandwidth; });
    if (variants.size() > max_levels) variants.resize(max_levels);

    Presentation result;
    for (const hls::Variant* variant : variants) {
        auto address = resolve_media(url, variant->uri);
        if (!address) return core::Failure(address.error());
        LevelInfo level;
        level.bandwidth_bps = double(variant->bandwidth);
        level.average_bps = double(variant->average_bandwidth.value_or(0));
        level.width = variant->width();
        level.height = variant->height();
        level.frame_rate = variant->frame_rate.value_or(0);
        level.codecs = variant->codecs;
        level.url = std::move(*address);
        // Of the group's renditions: the default one, else the first that has a playlist of its own.
        const hls::Rendition* chosen = nullptr;
        for (const hls::Rendition& rendition : playlist.renditions) {
            if (rendition.type != hls::RenditionType::audio || rendition.group_id != variant->audio) continue;
            if (variant->audio.empty()) continue;
            if (chosen == nullptr || (rendition.is_default && !chosen->is_default)) chosen = &rendition;
        }
        std::string audio;
        if (chosen != nullptr && !chosen->uri.empty()) {
            auto audio_address = resolve_media(url, chosen->uri);
            if (!audio_address) return core::Failure(audio_address.error());
            audio = std::move(*audio_address);
        }
        result.levels.push_back(std::move(level));
        result.audio_urls.push_back(std::move(audio));
    }
    return result;
}

}  // namespace

core::Result<Presentation> read_presentation(std::string_view text, const std::string& url) {
    auto playlist = hls::parse(text, limits());
    if (!playlist) return core::Failure(playlist.error());
    if (const auto* multivariant = std::get_if<hls::MultivariantPlaylist>(&*playlist))
        return from_multivariant(*multivariant, url);
    Presentation result;
    result.levels.resize(1);
    result.levels.front().url = url;
    result.audio_urls.resize(1);
    return result;
}

std::optional<core::SteadyTime> PlaylistTracker::due() const {
    if (complete_ || loading_) return std::nullopt;
    return due_;
}

void PlaylistTracker::begin_load(core::SteadyTime now) {
    loading_ = true;
    load_began_ = now;
}

core::Result<> PlaylistTracker::loaded(std::string_view text, core::SteadyTime now) {
    auto playlist = hls::parse_media(text, limits());
    if (!playlist) return core::Failure(playlist.error());
    if (playlist->segments.empty() && playlist->end_list && segments_.empty())
        return core::fail(core::Errc::corrupt, "the playlist has no segments");

    std::deque<TimelineSegment> fresh;
    core::Seconds start{};
    std::uint64_t sequence = playlist->media_sequence;
    std::uint64_t discontinuity = playlist->discontinuity_sequence;
    std::optional<core::WallTime> date;
    for (hls::Segment& segment : playlist->segments) {
        TimelineSegment entry;
        auto url = resolve_media(url_, segment.uri);
        if (!url) return core::Failure(url.error());
        entry.url = std::move(*url);
        entry.sequence = sequence++;
        if (segment.discontinuity) ++discontinuity;
        entry.discontinuity_sequence = discontinuity;
        entry.start = start;
        entry.duration = segment.duration;
        start += segment.duration;
        entry.range = range_of(segment.byte_range);
        if (segment.map) {
            // Mostly the same for all: resolve it once.
            if (!fresh.empty() && fresh.back().init && map_source_ == segment.map->uri) {
                entry.init = fresh.back().init;
            } else {
                auto map = resolve_media(url_, segment.map->uri);
                if (!map) return core::Failure(map.error());
                entry.init = InitSection{std::move(*map), {}};
                map_source_ = segment.map->uri;
            }
            entry.init->range = range_of(segment.map->byte_range);
        }
        if (segment.program_date_time)
            date = segment.program_date_time;
        else if (segment.discontinuity)
            date.reset();
        entry.program_date_time = date;
        if (date) *date += chr::duration_cast<chr::milliseconds>(segment.duration);
        entry.gap = segment.gap;
        entry.encrypted = segment.key.has_value();
        fresh.push_back(std::move(entry));
    }

    const core::Seconds target{double(std::max<std::uint32_t>(playlist->target_duration_s, 1))};
    const bool grown = take_over(std::move(fresh));
    target_ = target;
    complete_ = playlist->end_list || playlist->type == hls::PlaylistType::vod;
    keeps_all_ = complete_ || playlist->type == hls::PlaylistType::event;
    known_ = true;
    loading_ = false;
    failures_ = 0;
    // RFC 8216, 6.3.4: measured from when the load began; half the target duration when nothing was new.
    due_ = std::max(core::after(load_began_, grown ? target_ : target_ / 2), core::after(now, core::Seconds(0.1)));
    return {};
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
