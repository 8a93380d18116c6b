#include <cmath>

#include "hls/lines.hpp"

namespace qd::hls {

using core::Errc;
using core::fail;
using core::Failure;

namespace {

constexpr std::uint64_t greatest_bit_rate = 1'000'000'000'000;

core::Result<std::optional<Resolution>> parse_resolution(const AttributeList& attributes) {
    const Attribute* found = attributes.find("RESOLUTION");
    if (!found) return std::optional<Resolution>();
    const std::size_t x = found->value.find_first_of("xX");
    if (x == std::string_view::npos) return fail(Errc::corrupt, "RESOLUTION is not <width>x<height>");
    const auto width = parse_integer(found->value.substr(0, x));
    const auto height = parse_integer(found->value.substr(x + 1));
    if (!width || !height || *width == 0 || *height == 0 || *width > 65'535 || *height > 65'535)
        return fail(Errc::corrupt, "RESOLUTION is not <width>x<height>, each between 1 and 65535");
    return Resolution{int(*width), int(*height)};
}

core::Result<Variant> parse_variant(std::string_view text) {
    auto list = AttributeList::parse(text);
    if (!list) return Failure(list.error());
    Variant variant;
    const auto bandwidth = list->integer("BANDWIDTH");
    if (!bandwidth) return Failure(bandwidth.error());
    if (!*bandwidth) return fail(Errc::corrupt, "BANDWIDTH is missing");
    const auto average = list->integer("AVERAGE-BANDWIDTH");
    if (!average) return Failure(average.error());
    if (**bandwidth > greatest_bit_rate || average->value_or(0) > greatest_bit_rate)
        return fail(Errc::corrupt, "a bit rate beyond 1 Tbit/s");
    const auto resolution = parse_resolution(*list);
    if (!resolution) return Failure(resolution.error());
    const auto frame_rate = list->decimal("FRAME-RATE");
    if (!frame_rate) return Failure(frame_rate.error());
    if (frame_rate->value_or(0) > 10'000) return fail(Errc::corrupt, "FRAME-RATE is beyond 10000");
    variant.bandwidth = **bandwidth;
    variant.average_bandwidth = *average;
    variant.resolution = *resolution;
    variant.frame_rate = *frame_rate;
    variant.codecs = list->text("CODECS");
    variant.audio = list->text("AUDIO");
    variant.subtitles = list->text("SUBTITLES");
    if (const Attribute* captions = list->find("CLOSED-CAPTIONS"); captions && !captions->value.empty())
        variant.closed_captions = captions->value;
    // An enumerated string; a quoted one is something else.
    if (const Attribute* range = list->find("VIDEO-RANGE"); range && !range->quoted)
        variant.video_range = range->value;
    return variant;
}

core::Result<Variant> parse_i_frame_variant(std::string_view text) {
    auto variant = parse_variant(text);
    if (!variant) return variant;
    auto list = AttributeList::parse(text);
    auto uri = list->required("URI");
    if (!uri) return Failure(uri.error());
    variant->uri = std::move(*uri);
    return variant;
}

core::Result<Rendition> parse_rendition(std::string_view text) {
    auto list = AttributeList::parse(text);
    if (!list) return Failure(list.error());
    Rendition rendition;
    const std::string type = list->text("TYPE");
    if (type == "AUDIO")
        rendition.type = RenditionType::audio;
    else if (type == "VIDEO")
        rendition.type = RenditionType::video;
    else if (type == "SUBTITLES")
        rendition.type = RenditionType::subtitles;
    else if (type == "CLOSED-CAPTIONS")
        rendition.type = RenditionType::closed_captions;
    else
        return fail(Errc::corrupt, "TYPE is none of AUDIO, VIDEO, SUBTITLES and CLOSED-CAPTIONS");
    auto group = list->required("GROUP-ID");
    if (!group) return Failure(group.error());
    auto name = list->required("NAME");
    if (!name) return Failure(name.error());
    rendition.group_id = std::move(*group);
    rendition.name = std::move(*name);
    rendition.uri = list->text("URI");
    if (rendition.type == RenditionType::subtitles && rendition.uri.empty())
        return fail(Errc::corrupt, "URI is missing");
    rendition.language = list->text("LANGUAGE");
    rendition.channels = list->text("CHANNELS");
    rendition.instream_id = list->text("INSTREAM-ID");
    rendition.is_default = list->yes("DEFAULT");
    rendition.autoselect = list->yes("AUTOSELECT");
    rendition.forced = list->yes("FORCED");
    return rendition;
}

}  // namespace

core::Result<MultivariantPlaylist> parse_multivariant_lines(std::string_view text, const Limits& limits) {
    MultivariantPlaylist playlist;
    Lines lines(text);
    std::optional<Variant> pending;  // its URI is the next line that is no tag
    while (lines.next()) {
        const std::size_t entries =
            playlist.variants.size() + playlist.renditions.size() + playlist.i_frame_variants.size();
        if (entries > limits.entries)
            return fail(Errc::too_large, "line {}: more than {} entries", lines.number(), limits.entries);
        if (!lines.is_any_tag()) {
            if (!pending) return fail_at(lines.number(), "a URI without #EXT-X-STREAM-INF before it");
            pending->uri = lines.text();
            playlist.variants.push_back(std::move(*pending));
            pending.reset();
        } else if (lines.is_tag("#EXT-X-STREAM-INF")) {
            if (pending) return fail_at(lines.number(), "the variant before this one has no URI");
            auto variant = parse_variant(lines.value());
            if (!variant) return fail_at(lines.number(), variant.error());
            pending = std::move(*variant);
        } else if (lines.is_tag("#EXT-X-MEDIA")) {
            auto rendition = parse_rendition(lines.value());
            if (!rendition) return fail_at(lines.number(), rendition.error());
            playlist.renditions.push_back(std::move(*rendition));
        } else if (lines.is_tag("#EXT-X-I-FRAME-STREAM-INF")) {
            auto variant = parse_i_frame_variant(lines.value());
            if (!variant) return fail_at(lines.number(), variant.error());
            playlist.i_frame_variants.push_back(std::move(*variant));
        } else if (lines.is_tag("#EXT-X-VERSION")) {
            const auto version = parse_integer(lines.value());
            if (!version || *version == 0 || *version > 1'000)
                return fail_at(lines.number(), "not a version");
            playlist.version = int(*version);
        } else if (lines.is_tag("#EXT-X-INDEPENDENT-SEGMENTS")) {
            playlist.independent_segments = true;
        } else if (lines.is_tag("#EXT-X-START")) {
            const auto offset = parse_start(lines.value());
            if (!offset) return fail_at(lines.number(), offset.error());
            playlist.start_offset = *offset;
        } else if (lines.is_tag("#EXT-X-CONTENT-STEERING")) {
            note_ignored(playlist.ignored, IgnoredFeature::content_steering);
        } else if (lines.is_tag("#EXT-X-SESSION-KEY")) {
            note_ignored(playlist.ignored, IgnoredFeature::session_keys);
        }
    }
    if (pending) return fail_at(lines.number(), "the last variant has no URI");
    return playlist;
}

}  // namespace qd::hls
