#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "hls/playlist.hpp"

namespace qd::hls {
namespace {

/// Without what would end a line or a quoted string.
std::string clean(std::string_view text, bool quoted) {
    std::string result;
    result.reserve(text.size());
    for (const char c : text)
        if (c != '\n' && c != '\r' && c != '\0' && !(quoted && c == '"')) result.push_back(c);
    return result;
}

class Writer {
public:
    template <class... Args>
    void line(fmt::format_string<Args...> format, Args&&... args) {
        fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
        text_.push_back('\n');
    }
    void quoted(std::string_view name, std::string_view value) {
        if (!value.empty()) fmt::format_to(std::back_inserter(text_), ",{}=\"{}\"", name, clean(value, true));
    }
    void plain(std::string_view name, std::string_view value) {
        if (!value.empty()) fmt::format_to(std::back_inserter(text_), ",{}={}", name, clean(value, true));
    }
    void begin(std::string_view text) { text_.append(text); }
    void end() { text_.push_back('\n'); }
    std::string take() { return std::move(text_); }

private:
    std::string text_;
};

void write_variant(Writer& out, const Variant& variant) {
    out.begin(fmt::format("BANDWIDTH={}", variant.bandwidth));
    if (variant.average_bandwidth) out.plain("AVERAGE-BANDWIDTH", std::to_string(*variant.average_bandwidth));
    out.quoted("CODECS", variant.codecs);
    if (variant.resolution)
        out.plain("RESOLUTION", fmt::format("{}x{}", variant.resolution->width, variant.resolution->height));
    if (variant.frame_rate) out.plain("FRAME-RATE", fmt::format("{:.3f}", *variant.frame_rate));
    out.plain("VIDEO-RANGE", variant.video_range);
    out.quoted("AUDIO", variant.audio);
    out.quoted("SUBTITLES", variant.subtitles);
    if (variant.closed_captions) {
        if (*variant.closed_captions == "NONE")
            out.plain("CLOSED-CAPTIONS", "NONE");
        else
            out.quoted("CLOSED-CAPTIONS", *variant.closed_captions);
    }
}

std::string_view type_name(RenditionType type) {
    switch (type) {
        case RenditionType::audio:
            return "AUDIO";
        case RenditionType::video:
            return "VIDEO";
        case RenditionType::subtitles:
            return "SUBTITLES";
        case RenditionType::closed_captions:
            break;
    }
    return "CLOSED-CAPTIONS";
}

std::string map_line(const Map& map) {
    std::string text = fmt::format("URI=\"{}\"", clean(map.uri, true));
    if (map.byte_range)
        text += fmt::format(",BYTERANGE=\"{}@{}\"", map.byte_range->length, map.byte_range->offset);
    return text;
}

std::string key_line(const Key& key) {
    static constexpr std::string_view names[] = {"AES-128", "SAMPLE-AES", "SAMPLE-AES-CTR", "UNKNOWN"};
    std::string text =
        fmt::format("METHOD={},URI=\"{}\"", names[std::size_t(key.method)], clean(key.uri, true));
    if (key.iv) {
        text += ",IV=0x";
        for (const std::uint8_t byte : *key.iv) text += fmt::format("{:02x}", byte);
    }
    if (!key.key_format.empty()) text += fmt::format(",KEYFORMAT=\"{}\"", clean(key.key_format, true));
    return text;
}

/// RFC 8216bis, 8: what the tags in use require.
int required_version(const MediaPlaylist& playlist) {
    int version = 3;  // decimal EXTINF
    if (playlist.i_frames_only) version = 4;
    for (const Segment& segment : playlist.segments) {
        if (segment.byte_range) version = std::max(version, 4);
        if (segment.key && !segment.key->key_format.empty()) version = std::max(version, 5);
        if (segment.map) version = std::max(version, playlist.i_frames_only ? 5 : 6);
    }
    return version;
}

/// Microseconds, without trailing zeros beyond milliseconds.
std::string seconds(double value) {
    std::string text = fmt::format("{:.6f}", std::max(0.0, value));
    for (int i = 0; i < 3 && text.back() == '0'; ++i) text.pop_back();
    return text;
}

void write_segment(Writer& out, const Segment& segment, const Segment* before) {
    if (segment.discontinuity) out.line("#EXT-X-DISCONTINUITY");
    std::optional<Key> in_force = before ? before->key : std::nullopt;
    const auto change_key = [&](const std::optional<Key>& key) {
        if (key == in_force) return;
        if (key)
            out.line("#EXT-X-KEY:{}", key_line(*key));
        else
            out.line("#EXT-X-KEY:METHOD=NONE");
        in_force = key;
    };
    if (segment.map && (!before || before->map != segment.map)) {
        change_key(segment.map->key);
        out.line("#EXT-X-MAP:{}", map_line(*segment.map));
    }
    change_key(segment.key);
    if (segment.bitrate && !segment.byte_range && (!before || before->bitrate != segment.bitrate))
        out.line("#EXT-X-BITRATE:{}", *segment.bitrate / 1'000);
    if (segment.program_date_time)
        out.line("#EXT-X-PROGRAM-DATE-TIME:{}", core::format_rfc3339(*segment.program_date_time));
    if (segment.gap) out.line("#EXT-X-GAP");
    out.line("#EXTINF:{},{}", seconds(segment.duration.count()), clean(segment.title, false));
    if (segment.byte_range)
        out.line("#EXT-X-BYTERANGE:{}@{}", segment.byte_range->length, segment.byte_range->offset);
    out.line("{}", clean(segment.uri, false));
}

}  // namespace

std::string write(const MultivariantPlaylist& playlist) {
    Writer out;
    out.line("#EXTM3U");
    out.line("#EXT-X-VERSION:{}", std::max(playlist.version, 1));
    if (playlist.independent_segments) out.line("#EXT-X-INDEPENDENT-SEGMENTS");
    if (playlist.start_offset) out.line("#EXT-X-START:TIME-OFFSET={:.3f}", playlist.start_offset->count());
    for (const Rendition& rendition : playlist.renditions) {
        out.begin(fmt::format("#EXT-X-MEDIA:TYPE={}", type_name(rendition.type)));
        out.quoted("GROUP-ID", rendition.group_id);
        out.quoted("NAME", rendition.name);
        out.quoted("LANGUAGE", rendition.language);
        if (rendition.is_default) out.plain("DEFAULT", "YES");
        if (rendition.autoselect) out.plain("AUTOSELECT", "YES");
        if (rendition.forced) out.plain("FORCED", "YES");
        out.quoted("CHANNELS", rendition.channels);
        out.quoted("INSTREAM-ID", rendition.instream_id);
        out.quoted("URI", rendition.uri);
        out.end();
    }
    for (const Variant& variant : playlist.variants) {
        out.begin("#EXT-X-STREAM-INF:");
        write_variant(out, variant);
        out.end();
        out.line("{}", clean(variant.uri, false));
    }
    for (const Variant& variant : playlist.i_frame_variants) {
        out.begin("#EXT-X-I-FRAME-STREAM-INF:");
        write_variant(out, variant);
        out.quoted("URI", variant.uri);
        out.end();
    }
    return out.take();
}

std::string write(const MediaPlaylist& playlist) {
    Writer out;
    out.line("#EXTM3U");
    out.line("#EXT-X-VERSION:{}", std::max(playlist.version, required_version(playlist)));
    out.line("#EXT-X-TARGETDURATION:{}", playlist.target_duration_s);
    if (playlist.media_sequence != 0 || playlist.type == PlaylistType::live)
        out.line("#EXT-X-MEDIA-SEQUENCE:{}", playlist.media_sequence);
    if (playlist.discontinuity_sequence != 0)
        out.line("#EXT-X-DISCONTINUITY-SEQUENCE:{}", playlist.discontinuity_sequence);
    if (playlist.type == PlaylistType::vod) out.line("#EXT-X-PLAYLIST-TYPE:VOD");
    if (playlist.type == PlaylistType::event) out.line("#EXT-X-PLAYLIST-TYPE:EVENT");
    if (playlist.independent_segments) out.line("#EXT-X-INDEPENDENT-SEGMENTS");
    if (playlist.i_frames_only) out.line("#EXT-X-I-FRAMES-ONLY");
    if (playlist.start_offset) out.line("#EXT-X-START:TIME-OFFSET={:.3f}", playlist.start_offset->count());
    const Segment* before = nullptr;
    for (const Segment& segment : playlist.segments) {
        write_segment(out, segment, before);
        before = &segment;
    }
    if (playlist.end_list) out.line("#EXT-X-ENDLIST");
    return out.take();
}

}  // namespace qd::hls
