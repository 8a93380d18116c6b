// What a multivariant playlist offers, and the segments of a media playlist: from text to addresses.

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "http/url.hpp"
#include "player/playlist_tracker.hpp"

namespace qd::player {
namespace chr = std::chrono;
namespace {

constexpr std::size_t max_levels = 64;
constexpr std::size_t max_tracks = 64;
constexpr std::size_t max_backups = 4;
constexpr std::size_t max_address_bytes = 32u << 20;  // of all segments of a playlist, resolved

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

std::string query_of(const std::string& url) {
    const auto parsed = http::Url::parse(url);
    return parsed ? parsed->query : std::string();
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

core::Result<LevelInfo> level_of(const hls::Variant& variant, const std::string& base) {
    auto address = resolve_media(base, variant.uri);
    if (!address) return core::Failure(address.error());
    LevelInfo level;
    level.bandwidth_bps = double(variant.bandwidth);
    level.average_bps = double(variant.average_bandwidth.value_or(0));
    level.width = variant.width();
    level.height = variant.height();
    level.frame_rate = variant.frame_rate.value_or(0);
    level.codecs = variant.codecs;
    level.url = std::move(*address);
    return level;
}

/// The same picture at the same rate from another place (RFC 8216bis, 6.2.4: redundant streams).
bool redundant(const hls::Variant& a, const hls::Variant& b) {
    return a.bandwidth == b.bandwidth && a.resolution == b.resolution && a.codecs == b.codecs &&
           a.frame_rate == b.frame_rate && a.uri != b.uri;
}

bool same_track(const TrackInfo& a, const TrackInfo& b) {
    return a.name == b.name && a.language == b.language && a.forced == b.forced;
}

/// Renditions of one type in the groups that the levels use; the same in several groups is one track.
core::Result<> add_tracks(const hls::MultivariantPlaylist& playlist, hls::RenditionType type,
                          const std::vector<std::string>& groups, const std::string& base,
                          std::vector<TrackInfo>& tracks, std::vector<std::vector<std::string>>& backups) {
    for (const std::string& group : groups) {
        for (const hls::Rendition& rendition : playlist.renditions) {
            if (rendition.type != type || rendition.group_id != group) continue;
            TrackInfo track{rendition.name,
                            rendition.language,
                            rendition.is_default,
                            rendition.autoselect,
                            rendition.forced,
                            rendition.channels,
                            {}};
            if (!rendition.uri.empty()) {
                auto address = resolve_media(base, rendition.uri);
                if (!address) return core::Failure(address.error());
                track.url = std::move(*address);
            }
            const auto known = std::find_if(tracks.begin(), tracks.end(),
                                            [&](const TrackInfo& other) { return same_track(other, track); });
            if (known == tracks.end()) {
                if (tracks.size() == max_tracks) continue;
                tracks.push_back(std::move(track));
                backups.emplace_back();
                continue;
            }
            auto& others = backups[std::size_t(known - tracks.begin())];
            const bool listed =
                known->url == track.url || std::find(others.begin(), others.end(), track.url) != others.end();
            if (!listed && !track.url.empty() && others.size() < max_backups)
                others.push_back(std::move(track.url));
        }
    }
    return {};
}

/// The groups in the order of the levels, each once.
std::vector<std::string> groups_of(const std::vector<const hls::Variant*>& variants,
                                   std::string hls::Variant::*group) {
    std::vector<std::string> groups;
    std::set<std::string> seen;
    for (const hls::Variant* variant : variants)
        if (!(variant->*group).empty() && seen.insert(variant->*group).second)
            groups.push_back(variant->*group);
    return groups;
}

core::Result<Presentation> from_multivariant(hls::MultivariantPlaylist playlist, const std::string& url) {
    std::vector<const hls::Variant*> variants;
    const bool video =
        std::any_of(playlist.variants.begin(), playlist.variants.end(),
                    [](const hls::Variant& variant) { return variant.resolution.has_value(); });
    for (const hls::Variant& variant : playlist.variants)
        if (!video || variant.resolution) variants.push_back(&variant);
    if (variants.empty()) return core::fail(core::Errc::corrupt, "the playlist offers no variant");
    std::stable_sort(variants.begin(), variants.end(),
                     [](const auto* a, const auto* b) { return a->bandwidth < b->bandwidth; });

    Presentation result;
    std::vector<const hls::Variant*> used;
    for (const hls::Variant* variant : variants) {
        const auto twin = std::find_if(
            used.begin(), used.end(), [&](const hls::Variant* other) { return redundant(*other, *variant); });
        if (twin != used.end()) {
            auto& backups = result.backups[std::size_t(twin - used.begin())];
            auto address = resolve_media(url, variant->uri);
            if (!address) return core::Failure(address.error());
            if (backups.size() < max_backups) backups.push_back(std::move(*address));
            continue;
        }
        if (used.size() == max_levels) break;
        auto level = level_of(*variant, url);
        if (!level) return core::Failure(level.error());
        result.levels.push_back(std::move(*level));
        result.backups.emplace_back();
        used.push_back(variant);
    }
    std::vector<std::vector<std::string>> subtitle_backups;
    const auto audio_groups = groups_of(used, &hls::Variant::audio);
    if (auto done = add_tracks(playlist, hls::RenditionType::audio, audio_groups, url, result.audio_tracks,
                               result.audio_backups);
        !done)
        return core::Failure(done.error());
    if (auto done =
            add_tracks(playlist, hls::RenditionType::subtitles, groups_of(used, &hls::Variant::subtitles),
                       url, result.subtitle_tracks, subtitle_backups);
        !done)
        return core::Failure(done.error());
    for (std::size_t i = 0; i < result.audio_tracks.size() && result.default_audio < 0; ++i)
        if (result.audio_tracks[i].is_default) result.default_audio = int(i);
    if (result.default_audio < 0 && !result.audio_tracks.empty()) result.default_audio = 0;

    for (const hls::Variant& variant : playlist.i_frame_variants) {
        if (result.i_frames.size() == max_levels) break;
        auto level = level_of(variant, url);
        if (!level) return core::Failure(level.error());
        result.i_frames.push_back(std::move(*level));
    }
    std::stable_sort(
        result.i_frames.begin(), result.i_frames.end(),
        [](const LevelInfo& a, const LevelInfo& b) { return a.bandwidth_bps < b.bandwidth_bps; });
    result.start_offset = playlist.start_offset;
    result.variables = std::move(playlist.variables);
    result.ignored = std::move(playlist.ignored);
    return result;
}

SegmentKey key_of(const hls::Key& key, std::string url, std::uint64_t sequence) {
    SegmentKey result;
    const bool identity = key.key_format.empty() || key.key_format == "identity";
    if (key.method != hls::KeyMethod::aes_128 || !identity) {
        static constexpr std::string_view names[] = {"AES-128", "SAMPLE-AES", "SAMPLE-AES-CTR",
                                                     "an unknown method"};
        result.refusal = fmt::format(
            "the title is encrypted with {}{}, which this player cannot decrypt (it has AES-128 with plain "
            "keys)",
            names[std::size_t(key.method)],
            identity ? "" : fmt::format(" and keys of the format '{}'", key.key_format.substr(0, 100)));
        return result;
    }
    result.url = std::move(url);
    result.iv = key.iv ? *key.iv : iv_of_sequence(sequence);
    return result;
}

/// Resolves addresses that are mostly those of the entry before.
class Resolver {
public:
    explicit Resolver(const std::string& base) : base_(base) {}
    core::Result<std::string> operator()(const std::string& reference) {
        if (reference == reference_ && !reference.empty()) return resolved_;
        auto url = resolve_media(base_, reference);
        if (!url) return url;
        reference_ = reference;
        resolved_ = *url;
        return url;
    }

private:
    const std::string& base_;
    std::string reference_, resolved_;
};

/// Of a key that no address of ours can be made of (skd:, data:, …) nothing but the refusal is kept.
core::Result<std::optional<SegmentKey>> read_key(const std::optional<hls::Key>& key, Resolver& resolver,
                                                 std::uint64_t sequence) {
    if (!key) return std::optional<SegmentKey>();
    SegmentKey refused = key_of(*key, {}, sequence);
    if (!refused.refusal.empty()) return std::optional(std::move(refused));
    auto url = resolver(key->uri);
    if (!url) return core::Failure(url.error());
    return std::optional(key_of(*key, std::move(*url), sequence));
}

}  // namespace

core::Result<Presentation> read_presentation(std::string_view text, const std::string& url) {
    auto playlist = hls::parse(text, limits(), {{}, query_of(url)});
    if (!playlist) return core::Failure(playlist.error());
    if (auto* multivariant = std::get_if<hls::MultivariantPlaylist>(&*playlist))
        return from_multivariant(std::move(*multivariant), url);
    Presentation result;
    result.levels.resize(1);
    result.levels.front().url = url;
    result.backups.resize(1);
    result.bare = true;
    return result;
}

core::Result<MediaTimeline> read_media_segments(std::string_view text, const std::string& url,
                                                const hls::Variables& imported) {
    auto playlist = hls::parse_media(text, limits(), {imported, query_of(url)});
    if (!playlist) return core::Failure(playlist.error());
    MediaTimeline result;
    result.target_duration = core::Seconds(double(std::max<std::uint32_t>(playlist->target_duration_s, 1)));
    result.complete = playlist->end_list || playlist->type == hls::PlaylistType::vod;
    result.keeps_all = result.complete || playlist->type == hls::PlaylistType::event;
    result.i_frames_only = playlist->i_frames_only;
    result.start_offset = playlist->start_offset;
    result.ignored = std::move(playlist->ignored);

    Resolver maps(url), keys(url), map_keys(url);
    std::size_t addresses = 0;
    core::Seconds start{};
    std::uint64_t sequence = playlist->media_sequence;
    std::uint64_t discontinuity = playlist->discontinuity_sequence;
    std::optional<core::WallTime> date;
    for (hls::Segment& segment : playlist->segments) {
        TimelineSegment entry;
        auto address = resolve_media(url, segment.uri);
        if (!address) return core::Failure(address.error());
        entry.url = std::move(*address);
        entry.sequence = sequence++;
        if (segment.discontinuity) ++discontinuity;
        entry.discontinuity_sequence = discontinuity;
        entry.start = start;
        entry.duration = segment.duration;
        start += segment.duration;
        entry.range = range_of(segment.byte_range);
        if (segment.map) {
            auto map = maps(segment.map->uri);
            if (!map) return core::Failure(map.error());
            auto key = read_key(segment.map->key, map_keys, 0);
            if (!key) return core::Failure(key.error());
            entry.init = InitSection{std::move(*map), range_of(segment.map->byte_range), std::move(*key)};
        }
        auto key = read_key(segment.key, keys, entry.sequence);
        if (!key) return core::Failure(key.error());
        entry.key = std::move(*key);
        if (segment.program_date_time)
            date = segment.program_date_time;
        else if (segment.discontinuity)
            date.reset();
        entry.program_date_time = date;
        if (date) *date += chr::duration_cast<chr::milliseconds>(segment.duration);
        entry.gap = segment.gap;
        addresses += entry.url.size() + (entry.key ? entry.key->url.size() : 0) +
                     (entry.init ? entry.init->url.size() : 0);
        if (addresses > max_address_bytes)
            return core::fail(core::Errc::too_large, "the addresses of the segments take more than {} MiB",
                              max_address_bytes >> 20);
        result.segments.push_back(std::move(entry));
    }
    return result;
}

}  // namespace qd::player
