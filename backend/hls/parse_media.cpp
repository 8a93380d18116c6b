#include <limits>
#include <map>

#include "hls/lines.hpp"

namespace qd::hls {

using core::Errc;
using core::fail;
using core::Failure;

namespace {

constexpr double longest_segment_s = 24 * 3600;
// With as many segments as a playlist may have, none is numbered beyond what 64 bits hold.
constexpr std::uint64_t highest_sequence = std::numeric_limits<std::int64_t>::max();

/// Tags that apply to the next segment or to all that follow, gathered until its URI comes.
class MediaParser {
public:
    explicit MediaParser(const Limits& limits) : limits_(limits) {}

    core::Result<> line(Lines& lines);
    core::Result<MediaPlaylist> finish(std::size_t last_line);

private:
    core::Result<> uri(std::string_view text);
    core::Result<> playlist_tag(Lines& lines, bool& known);
    core::Result<> segment_tag(Lines& lines);
    core::Result<> extinf(std::string_view value);
    core::Result<> map(std::string_view value);
    core::Result<> key(std::string_view value);

    const Limits& limits_;
    MediaPlaylist playlist_;
    Segment next_;
    bool has_duration_ = false;
    bool has_target_ = false;
    std::optional<std::string> byte_range_;
    std::optional<Map> map_;
    std::optional<Key> key_;
    bool key_line_before_ = false;  // consecutive EXT-X-KEY lines offer one key in several formats
    std::optional<std::uint64_t> bitrate_;
    std::string last_range_uri_;
    std::uint64_t last_range_end_ = 0;
};

core::Result<> integer(std::string_view text, std::uint64_t& into) {
    const auto value = parse_integer(text);
    if (!value) return fail(Errc::corrupt, "not a whole number");
    into = *value;
    return {};
}

core::Result<> sequence(std::string_view text, std::uint64_t& into) {
    if (auto result = integer(text, into); !result) return result;
    if (into > highest_sequence) return fail(Errc::corrupt, "a sequence number beyond {}", highest_sequence);
    return {};
}

/// RFC 3339, and ISO 8601's zone without a colon, which FFmpeg's muxer writes: "+0000".
core::Result<core::WallTime> read_date(std::string_view text) {
    const std::size_t zone = text.size() < 5 ? 0 : text.size() - 5;
    if (zone == 0 || (text[zone] != '+' && text[zone] != '-') || text.find('T') == std::string_view::npos)
        return core::parse_rfc3339(text);
    std::string with_colon(text);
    with_colon.insert(zone + 3, 1, ':');
    return core::parse_rfc3339(with_colon);
}

bool usable(const Key& key) {
    return key.method == KeyMethod::aes_128 && (key.key_format.empty() || key.key_format == "identity");
}

core::Result<> MediaParser::uri(std::string_view text) {
    if (!has_duration_) return fail(Errc::corrupt, "a URI without #EXTINF before it");
    if (playlist_.segments.size() == limits_.entries)
        return fail(Errc::too_large, "more than {} segments", limits_.entries);
    next_.uri = text;
    if (byte_range_) {
        const bool follows = last_range_uri_ == next_.uri;
        auto range = parse_byte_range(*byte_range_, follows ? std::optional(last_range_end_) : std::nullopt);
        if (!range) return Failure(range.error());
        next_.byte_range = *range;
        last_range_uri_ = next_.uri;
        last_range_end_ = range->end();
    } else {
        last_range_uri_.clear();
    }
    next_.map = map_;
    next_.key = key_;
    if (!next_.byte_range) next_.bitrate = bitrate_;
    playlist_.segments.push_back(std::move(next_));
    next_ = {};
    has_duration_ = false;
    byte_range_.reset();
    return {};
}

core::Result<> MediaParser::extinf(std::string_view value) {
    const std::size_t comma = value.find(',');
    const auto seconds = parse_decimal(value.substr(0, comma));
    if (!seconds || *seconds > longest_segment_s)
        return fail(Errc::corrupt, "#EXTINF without a usable duration");
    if (has_duration_) return fail(Errc::corrupt, "the segment before this one has no URI");
    next_.duration = core::Seconds(*seconds);
    if (comma != std::string_view::npos) next_.title = value.substr(comma + 1);
    has_duration_ = true;
    return {};
}

core::Result<> MediaParser::map(std::string_view value) {
    auto list = AttributeList::parse(value);
    if (!list) return Failure(list.error());
    auto uri = list->required("URI");
    if (!uri) return Failure(uri.error());
    Map found{std::move(*uri), std::nullopt, key_};
    if (const Attribute* range = list->find("BYTERANGE")) {
        auto parsed = parse_byte_range(range->value, 0);
        if (!parsed) return Failure(parsed.error());
        found.byte_range = *parsed;
    }
    if (found.key && found.key->method == KeyMethod::aes_128 && !found.key->iv)
        return fail(Errc::corrupt, "an encrypted init section without an IV");
    map_ = std::move(found);
    return {};
}

core::Result<> MediaParser::key(std::string_view value) {
    auto list = AttributeList::parse(value);
    if (!list) return Failure(list.error());
    const std::string method = list->text("METHOD");
    if (method.empty()) return fail(Errc::corrupt, "METHOD is missing");
    if (method == "NONE") {
        key_.reset();
        return {};
    }
    if (key_ && key_line_before_ && usable(*key_)) return {};
    auto uri = list->required("URI");
    if (!uri) return Failure(uri.error());
    Key found;
    found.uri = std::move(*uri);
    if (method == "AES-128")
        found.method = KeyMethod::aes_128;
    else if (method == "SAMPLE-AES")
        found.method = KeyMethod::sample_aes;
    else if (method == "SAMPLE-AES-CTR")
        found.method = KeyMethod::sample_aes_ctr;
    found.key_format = list->text("KEYFORMAT");
    if (const Attribute* iv = list->find("IV")) {
        found.iv = parse_hex128(iv->value);
        if (!found.iv) return fail(Errc::corrupt, "IV is not a hexadecimal number of 128 bits");
    }
    if (key_ && key_line_before_ && !usable(found)) return {};
    key_ = std::move(found);
    return {};
}

core::Result<> MediaParser::segment_tag(Lines& lines) {
    if (lines.is_tag("#EXTINF")) return extinf(lines.value());
    if (lines.is_tag("#EXT-X-MAP")) return map(lines.value());
    if (lines.is_tag("#EXT-X-KEY")) return key(lines.value());
    if (lines.is_tag("#EXT-X-BYTERANGE")) {
        byte_range_ = std::string(lines.value());
        return {};
    }
    if (lines.is_tag("#EXT-X-DISCONTINUITY")) next_.discontinuity = true;
    if (lines.is_tag("#EXT-X-GAP")) next_.gap = true;
    if (lines.is_tag("#EXT-X-PROGRAM-DATE-TIME")) {
        auto at = read_date(lines.value());
        if (!at) return Failure(at.error());
        next_.program_date_time = *at;
    }
    if (lines.is_tag("#EXT-X-BITRATE")) {
        const auto value = parse_integer(lines.value());
        if (!value || *value > 1'000'000'000) return fail(Errc::corrupt, "not a bit rate");
        bitrate_ = *value * 1'000;
    }
    return {};
}

core::Result<> MediaParser::playlist_tag(Lines& lines, bool& known) {
    known = true;
    std::uint64_t number = 0;
    if (lines.is_tag("#EXT-X-TARGETDURATION")) {
        // Whole seconds by the RFC; some packagers write a fraction, which is rounded up.
        const auto value = parse_decimal(lines.value());
        if (!value || *value > longest_segment_s) return fail(Errc::corrupt, "not a target duration");
        if (has_target_) return fail(Errc::corrupt, "a second target duration");
        has_target_ = true;
        playlist_.target_duration_s =
            std::uint32_t(*value) + (*value > double(std::uint32_t(*value)) ? 1 : 0);
        return {};
    }
    if (lines.is_tag("#EXT-X-MEDIA-SEQUENCE")) return sequence(lines.value(), playlist_.media_sequence);
    if (lines.is_tag("#EXT-X-DISCONTINUITY-SEQUENCE"))
        return sequence(lines.value(), playlist_.discontinuity_sequence);
    if (lines.is_tag("#EXT-X-VERSION")) {
        if (auto result = integer(lines.value(), number); !result) return result;
        if (number == 0 || number > 1'000) return fail(Errc::corrupt, "not a version");
        playlist_.version = int(number);
        return {};
    }
    if (lines.is_tag("#EXT-X-PLAYLIST-TYPE")) {
        if (lines.value() == "VOD")
            playlist_.type = PlaylistType::vod;
        else if (lines.value() == "EVENT")
            playlist_.type = PlaylistType::event;
        else
            return fail(Errc::corrupt, "a playlist type that is neither VOD nor EVENT");
        return {};
    }
    if (lines.is_tag("#EXT-X-START")) {
        const auto offset = parse_start(lines.value());
        if (!offset) return Failure(offset.error());
        playlist_.start_offset = *offset;
        return {};
    }
    if (lines.is_tag("#EXT-X-ENDLIST"))
        playlist_.end_list = true;
    else if (lines.is_tag("#EXT-X-INDEPENDENT-SEGMENTS"))
        playlist_.independent_segments = true;
    else if (lines.is_tag("#EXT-X-I-FRAMES-ONLY"))
        playlist_.i_frames_only = true;
    else if (lines.is_tag("#EXT-X-PART") || lines.is_tag("#EXT-X-PRELOAD-HINT"))
        note_ignored(playlist_.ignored, IgnoredFeature::parts);
    else if (lines.is_tag("#EXT-X-SKIP"))
        note_ignored(playlist_.ignored, IgnoredFeature::delta_updates);
    else
        known = false;
    return {};
}

core::Result<> MediaParser::line(Lines& lines) {
    if (!lines.is_any_tag()) return uri(lines.text());
    bool known = false;
    auto result = playlist_tag(lines, known);
    if (!known) result = segment_tag(lines);
    key_line_before_ = lines.is_tag("#EXT-X-KEY");
    return result;
}

core::Result<MediaPlaylist> MediaParser::finish(std::size_t last_line) {
    if (has_duration_) return fail_at(last_line, "the last segment has no URI");
    if (!has_target_) return fail(Errc::corrupt, "#EXT-X-TARGETDURATION is missing");
    return std::move(playlist_);
}

}  // namespace

core::Result<MediaPlaylist> parse_media_lines(std::string_view text, const Limits& limits) {
    MediaParser parser(limits);
    Lines lines(text);
    while (lines.next())
        if (auto result = parser.line(lines); !result) return fail_at(lines.number(), result.error());
    return parser.finish(lines.number());
}

}  // namespace qd::hls
