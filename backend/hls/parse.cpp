// What both kinds of playlist share: the first look, lines, byte ranges.

#include <algorithm>

#include "hls/lines.hpp"

namespace qd::hls {

using core::Errc;
using core::fail;
using core::Failure;

bool Lines::next() {
    while (!rest_.empty()) {
        const std::size_t end = rest_.find('\n');
        line_ = rest_.substr(0, end);
        rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 1);
        ++number_;
        while (!line_.empty() && (line_.back() == '\r' || line_.back() == ' ' || line_.back() == '\t'))
            line_.remove_suffix(1);
        if (line_.empty() || (line_.front() == '#' && !line_.starts_with("#EXT"))) continue;
        return true;
    }
    return false;
}

core::Result<core::Seconds> parse_start(std::string_view attributes) {
    auto list = AttributeList::parse(attributes);
    if (!list) return Failure(list.error());
    const std::string text = list->text("TIME-OFFSET");
    const bool negative = text.starts_with('-');
    const auto seconds = parse_decimal(negative ? std::string_view(text).substr(1) : text);
    if (!seconds) return fail(Errc::corrupt, "TIME-OFFSET is not a number");
    return core::Seconds(negative ? -*seconds : *seconds);
}

void note_ignored(std::vector<IgnoredFeature>& ignored, IgnoredFeature feature) {
    if (std::find(ignored.begin(), ignored.end(), feature) == ignored.end()) ignored.push_back(feature);
}

bool Lines::is_tag(std::string_view name) {
    if (!line_.starts_with(name)) return false;
    const std::string_view rest = line_.substr(name.size());
    if (!rest.empty() && rest.front() != ':') return false;
    value_ = rest.empty() ? rest : rest.substr(1);
    return true;
}

core::Result<ByteRange> parse_byte_range(std::string_view text, std::optional<std::uint64_t> follows) {
    const std::size_t at = text.find('@');
    const auto length = parse_integer(text.substr(0, at));
    const auto offset = at == std::string_view::npos ? follows : parse_integer(text.substr(at + 1));
    if (!length || *length == 0) return fail(Errc::corrupt, "a byte range without a length");
    if (!offset) return fail(Errc::corrupt, "a byte range without an offset, and none before it to follow");
    if (*offset > UINT64_MAX - *length) return fail(Errc::corrupt, "a byte range beyond 64 bits");
    return ByteRange{*offset, *length};
}

core::Result<Playlist> parse(std::string_view text, const Limits& limits, const Definitions& definitions) {
    if (text.size() > limits.bytes)
        return fail(Errc::too_large, "the playlist is larger than {} bytes", limits.bytes);
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    if (text.find('\0') != std::string_view::npos)
        return fail(Errc::corrupt, "the playlist holds a NUL byte");
    Expansion expansion;
    if (text.find("#EXT-X-DEFINE:") != std::string_view::npos) {
        auto expanded = expand_definitions(text, definitions, limits.bytes, limits.line_bytes);
        if (!expanded) return Failure(expanded.error());
        expansion = std::move(*expanded);
        text = expansion.text;
    }

    Lines lines(text);
    if (!lines.next() || lines.number() != 1 || !lines.is_tag("#EXTM3U"))
        return fail(Errc::corrupt, "line 1: not an HLS playlist (#EXTM3U is missing)");
    bool multivariant = false;
    bool media = false;
    while (lines.next()) {
        if (lines.text().size() > limits.line_bytes)
            return fail(Errc::too_large, "line {}: longer than {} bytes", lines.number(), limits.line_bytes);
        if (lines.text().find('\r') != std::string_view::npos)
            return fail_at(lines.number(), "a carriage return within the line");
        const bool is_multivariant = lines.is_tag("#EXT-X-STREAM-INF") || lines.is_tag("#EXT-X-MEDIA") ||
                                     lines.is_tag("#EXT-X-I-FRAME-STREAM-INF");
        const bool is_media = lines.is_tag("#EXTINF") || lines.is_tag("#EXT-X-TARGETDURATION") ||
                              lines.is_tag("#EXT-X-MEDIA-SEQUENCE") || lines.is_tag("#EXT-X-ENDLIST");
        if ((is_multivariant && media) || (is_media && multivariant))
            return fail_at(lines.number(), "tags of multivariant and media playlists in one text");
        multivariant |= is_multivariant;
        media |= is_media;
    }
    if (multivariant) {
        auto playlist = parse_multivariant_lines(text, limits);
        if (!playlist) return Failure(playlist.error());
        playlist->variables = std::move(expansion.variables);
        return Playlist(std::move(*playlist));
    }
    auto playlist = parse_media_lines(text, limits);
    if (!playlist) return Failure(playlist.error());
    return Playlist(std::move(*playlist));
}

core::Result<MultivariantPlaylist> parse_multivariant(std::string_view text, const Limits& limits,
                                                      const Definitions& definitions) {
    auto playlist = parse(text, limits, definitions);
    if (!playlist) return Failure(playlist.error());
    if (auto* found = std::get_if<MultivariantPlaylist>(&*playlist)) return std::move(*found);
    return fail(Errc::corrupt, "a media playlist where a multivariant playlist was expected");
}

core::Result<MediaPlaylist> parse_media(std::string_view text, const Limits& limits,
                                        const Definitions& definitions) {
    auto playlist = parse(text, limits, definitions);
    if (!playlist) return Failure(playlist.error());
    if (auto* found = std::get_if<MediaPlaylist>(&*playlist)) return std::move(*found);
    return fail(Errc::corrupt, "a multivariant playlist where a media playlist was expected");
}

core::Seconds MediaPlaylist::duration() const {
    core::Seconds sum{};
    for (const Segment& segment : segments) sum += segment.duration;
    return sum;
}

}  // namespace qd::hls
