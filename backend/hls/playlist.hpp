#pragma once
// HLS playlists as values: RFC 8216 and its successor draft (draft-pantos-hls-rfc8216bis), read and written.
// Pure: no I/O, no clock, thread-safe as values are. URIs are kept as they stand; resolving them is the
// reader's business. Tags that are not modelled here (parts, date ranges, content steering, ...) are skipped,
// as the RFC asks, and named in `ignored` where a player ought to tell of it.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "hls/define.hpp"

namespace qd::hls {

struct Resolution {
    int width = 0;   // pixels, 1..65,535
    int height = 0;  // pixels, 1..65,535

    bool operator==(const Resolution&) const = default;
};

/// EXT-X-STREAM-INF, and EXT-X-I-FRAME-STREAM-INF (which has no frame rate and no audio group).
struct Variant {
    std::string uri;
    std::uint64_t bandwidth = 0;                     // BANDWIDTH: peak segment bit rate, bit/s
    std::optional<std::uint64_t> average_bandwidth;  // bit/s
    std::string codecs;                              // RFC 6381, "avc1.64001f,mp4a.40.2"; empty: not stated
    std::optional<Resolution> resolution;
    std::optional<double> frame_rate;            // frames/s, written with three decimals
    std::string audio, subtitles;                // GROUP-IDs of renditions; empty: none
    std::optional<std::string> closed_captions;  // a GROUP-ID, or "NONE"
    std::string video_range;                     // SDR, HLG, PQ; empty: not stated

    int width() const { return resolution ? resolution->width : 0; }
    int height() const { return resolution ? resolution->height : 0; }
    bool operator==(const Variant&) const = default;
};

enum class RenditionType { audio, video, subtitles, closed_captions };

/// EXT-X-MEDIA.
struct Rendition {
    RenditionType type = RenditionType::audio;
    std::string group_id;
    std::string name;
    std::string uri;  // empty: muxed into the variants (or closed captions)
    std::string language;
    std::string channels;     // "2"
    std::string instream_id;  // closed captions only
    bool is_default = false;
    bool autoselect = false;
    bool forced = false;

    bool operator==(const Rendition&) const = default;
};

/// What a text asks for and no reader here does.
enum class IgnoredFeature {
    parts,             // low latency: partial segments, preload hints
    delta_updates,     // EXT-X-SKIP
    content_steering,  // EXT-X-CONTENT-STEERING
    session_keys,      // EXT-X-SESSION-KEY
};

struct MultivariantPlaylist {
    int version = 1;
    bool independent_segments = false;
    std::optional<core::Seconds> start_offset;  // EXT-X-START, for all variants; negative: from the end
    std::vector<Variant> variants;  // in the order of the text: the first is where a player may start
    std::vector<Rendition> renditions;
    std::vector<Variant> i_frame_variants;
    Variables variables;                  // EXT-X-DEFINE, for media playlists to import; not written
    std::vector<IgnoredFeature> ignored;  // each once; not written

    bool operator==(const MultivariantPlaylist&) const = default;
};

struct ByteRange {
    std::uint64_t offset = 0;  // resolved: a range without '@' follows the one before it
    std::uint64_t length = 0;

    std::uint64_t end() const { return offset + length; }
    bool operator==(const ByteRange&) const = default;
};

enum class KeyMethod { aes_128, sample_aes, sample_aes_ctr, unknown };

/// EXT-X-KEY with a method other than NONE.
struct Key {
    KeyMethod method = KeyMethod::unknown;
    std::string uri;
    std::optional<std::array<std::uint8_t, 16>> iv;  // absent: the media sequence number, big-endian
    std::string key_format;                          // empty: "identity"

    bool operator==(const Key&) const = default;
};

/// EXT-X-MAP: the init segment.
struct Map {
    std::string uri;
    std::optional<ByteRange> byte_range;
    std::optional<Key> key;  // the one in force where the tag stands; it must have an IV

    bool operator==(const Map&) const = default;
};

struct Segment {
    std::string uri;
    core::Seconds duration{};  // EXTINF, >= 0
    std::string title;
    std::optional<ByteRange> byte_range;
    std::optional<Map> map;  // the one in force, repeated on each segment it applies to
    std::optional<Key> key;  // the one in force (of several formats: AES-128 by identity, else the first)
    bool discontinuity = false;
    bool gap = false;
    std::optional<core::WallTime> program_date_time;  // only where the text states it
    std::optional<std::uint64_t> bitrate;             // EXT-X-BITRATE in force, bit/s (multiples of 1,000)

    bool operator==(const Segment&) const = default;
};

enum class PlaylistType {
    live,   // no EXT-X-PLAYLIST-TYPE: a sliding window
    event,  // only ever grows
    vod,    // never changes
};

struct MediaPlaylist {
    int version = 1;
    std::uint32_t target_duration_s = 0;
    std::uint64_t media_sequence = 0;  // of the first segment
    std::uint64_t discontinuity_sequence = 0;
    PlaylistType type = PlaylistType::live;
    bool end_list = false;
    bool independent_segments = false;
    bool i_frames_only = false;
    /// EXT-X-START: where to begin; negative: from the end. Growing playlists say 0 when they are to be seen
    /// whole.
    std::optional<core::Seconds> start_offset;
    std::vector<Segment> segments;
    std::vector<IgnoredFeature> ignored;  // each once; not written

    /// Sum of the segments' durations.
    core::Seconds duration() const;
    bool operator==(const MediaPlaylist&) const = default;
};

using Playlist = std::variant<MultivariantPlaylist, MediaPlaylist>;

struct Limits {
    std::size_t bytes = 16u << 20;
    std::size_t line_bytes = 64u << 10;
    std::size_t entries = 100'000;  // segments, or variants and renditions together
};

/// Reads either kind. Errc::too_large beyond the limits, else Errc::corrupt with "line N: what is wrong".
/// Strict where playing on would be a guess (numbers, durations, byte ranges, missing required tags or
/// attributes, a mix of both kinds of playlist), lenient where the RFC is (unknown tags and attributes, CRLF,
/// a BOM). Variables of EXT-X-DEFINE are replaced by their values.
core::Result<Playlist> parse(std::string_view text, const Limits& limits = {},
                             const Definitions& definitions = {});
/// parse(), and Errc::corrupt for the other kind.
core::Result<MultivariantPlaylist> parse_multivariant(std::string_view text, const Limits& limits = {},
                                                      const Definitions& definitions = {});
core::Result<MediaPlaylist> parse_media(std::string_view text, const Limits& limits = {},
                                        const Definitions& definitions = {});

/// The text of a playlist; parse() of it gives the value back (durations and frame rates to the precision
/// written: microseconds and 1/1000). EXT-X-VERSION is raised to what the tags used require. Characters that
/// HLS cannot carry (quotes and line breaks in quoted strings, line breaks in URIs and titles) are dropped.
std::string write(const MultivariantPlaylist& playlist);
std::string write(const MediaPlaylist& playlist);

}  // namespace qd::hls
