#include "hls/webvtt.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "hls/attributes.hpp"

namespace qd::hls {

using core::Errc;
using core::fail;
using core::Failure;

namespace {

constexpr double longest_time_s = 1'000'000;  // eleven days; beyond it a time is no time

/// Lines end with CRLF, CR or LF.
class TextLines {
public:
    explicit TextLines(std::string_view text) : rest_(text) {}

    bool next(std::string_view& line) {
        if (rest_.empty()) return false;
        const std::size_t end = rest_.find_first_of("\r\n");
        line = rest_.substr(0, end);
        if (end == std::string_view::npos) {
            rest_ = {};
        } else {
            rest_.remove_prefix(end + (rest_.substr(end).starts_with("\r\n") ? 2 : 1));
        }
        return true;
    }
    /// The next line stays where it is.
    std::string_view peek() const { return rest_.substr(0, rest_.find_first_of("\r\n")); }
    bool at_end() const { return rest_.empty(); }

private:
    std::string_view rest_;
};

std::string_view without_blanks(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// [hours:]mm:ss.ttt
std::optional<core::Seconds> parse_time(std::string_view text) {
    double parts[3] = {};
    int count = 0;
    const std::size_t point = text.find('.');
    if (point == std::string_view::npos || text.size() - point != 4) return std::nullopt;
    const auto fraction = parse_integer(text.substr(point + 1));
    std::string_view whole = text.substr(0, point);
    for (;;) {
        const std::size_t colon = whole.find(':');
        const auto number = parse_integer(whole.substr(0, colon));
        if (!number || count == 3 || *number > 999'999) return std::nullopt;
        parts[count++] = double(*number);
        if (colon == std::string_view::npos) break;
        whole.remove_prefix(colon + 1);
    }
    if (count < 2 || !fraction || parts[count - 1] >= 60 || parts[count - 2] >= 60) return std::nullopt;
    const double minutes = count == 3 ? parts[0] * 60 + parts[1] : parts[0];
    const double seconds = minutes * 60 + parts[count - 1] + double(*fraction) / 1000;
    if (seconds > longest_time_s) return std::nullopt;
    return core::Seconds(seconds);
}

struct Timing {
    core::Seconds from{}, to{};
};

std::optional<Timing> parse_timing(std::string_view line) {
    const std::size_t arrow = line.find("-->");
    const auto from = parse_time(without_blanks(line.substr(0, arrow)));
    std::string_view rest = without_blanks(line.substr(arrow + 3));
    const auto to = parse_time(rest.substr(0, rest.find_first_of(" \t")));  // settings follow
    if (!from || !to || *to <= *from) return std::nullopt;
    return Timing{*from, *to};
}

void append_utf8(std::string& out, std::uint32_t c) {
    if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) c = 0xFFFD;
    if (c < 0x80) {
        out += char(c);
    } else if (c < 0x800) {
        out += char(0xC0 | (c >> 6));
        out += char(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        out += char(0xE0 | (c >> 12));
        out += char(0x80 | ((c >> 6) & 0x3F));
        out += char(0x80 | (c & 0x3F));
    } else {
        out += char(0xF0 | (c >> 18));
        out += char(0x80 | ((c >> 12) & 0x3F));
        out += char(0x80 | ((c >> 6) & 0x3F));
        out += char(0x80 | (c & 0x3F));
    }
}

/// The character a well-formed sequence at the beginning of `text` stands for, and its length; of anything
/// else U+FFFD and one byte.
std::pair<std::uint32_t, std::size_t> next_character(std::string_view text) {
    const auto byte = [&](std::size_t i) { return std::uint32_t(static_cast<unsigned char>(text[i])); };
    const std::uint32_t first = byte(0);
    if (first < 0x80) return {first, 1};
    const std::size_t length = first >= 0xF0 && first < 0xF5   ? 4
                               : first >= 0xE0 && first < 0xF0 ? 3
                               : first >= 0xC2 && first < 0xE0 ? 2
                                                               : 0;
    if (length == 0 || text.size() < length) return {0xFFFD, 1};
    std::uint32_t character = first & (0xFFu >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return {0xFFFD, 1};
        character = (character << 6) | (byte(i) & 0x3F);
    }
    const std::uint32_t least = length == 4 ? 0x10000 : length == 3 ? 0x800 : 0x80;
    if (character < least) return {0xFFFD, 1};
    return {character, length};
}

/// "&amp;" at the beginning of `text`: its character and its length, or a length of 0.
std::pair<std::uint32_t, std::size_t> entity(std::string_view text) {
    static constexpr std::pair<std::string_view, std::uint32_t> names[] = {
        {"&amp;", '&'},   {"&lt;", '<'},     {"&gt;", '>'},     {"&quot;", '"'},
        {"&nbsp;", 0xA0}, {"&lrm;", 0x200E}, {"&rlm;", 0x200F}, {"&apos;", '\''}};
    for (const auto& [name, character] : names)
        if (text.starts_with(name)) return {character, name.size()};
    if (!text.starts_with("&#")) return {0, 0};
    const bool hex = text.size() > 2 && (text[2] == 'x' || text[2] == 'X');
    const std::string_view digits = text.substr(hex ? 3 : 2, 8);
    std::uint32_t value = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, hex ? 16 : 10);
    const std::size_t used = std::size_t(end - digits.data());
    if (error != std::errc() || used >= digits.size() || digits[used] != ';') return {0, 0};
    return {value, (hex ? 3 : 2) + used + 1};
}

/// One line of a cue's text without its tags. A tag that is not closed on its line takes the rest of it.
void append_plain(std::string& out, std::string_view line) {
    while (!line.empty()) {
        if (line.front() == '<') {
            const std::size_t end = line.find('>');
            if (end == std::string_view::npos) return;
            line.remove_prefix(end + 1);
            continue;
        }
        if (line.front() == '&') {
            if (const auto [character, length] = entity(line); length > 0) {
                append_utf8(out, character);
                line.remove_prefix(length);
                continue;
            }
        }
        const auto [character, length] = next_character(line);
        append_utf8(out, character);
        line.remove_prefix(length);
    }
}

void cut(std::string& text, std::size_t most) {
    if (text.size() <= most) return;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
    text.resize(most);
}

/// "LOCAL:00:00:00.000,MPEGTS:900000", in either order.
core::Result<TimestampMap> parse_map(std::string_view text) {
    TimestampMap map;
    bool local = false, mpegts = false;
    while (!text.empty()) {
        const std::size_t comma = text.find(',');
        const std::string_view part = without_blanks(text.substr(0, comma));
        text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
        if (part.starts_with("LOCAL:")) {
            const auto time = parse_time(part.substr(6));
            if (!time) return fail(Errc::corrupt, "X-TIMESTAMP-MAP has a LOCAL that is no time");
            map.local = *time;
            local = true;
        } else if (part.starts_with("MPEGTS:")) {
            const auto ticks = parse_integer(part.substr(7));
            if (!ticks) return fail(Errc::corrupt, "X-TIMESTAMP-MAP has an MPEGTS that is no number");
            map.mpegts = *ticks & ((std::uint64_t(1) << 33) - 1);
            mpegts = true;
        }
    }
    if (!local || !mpegts) return fail(Errc::corrupt, "X-TIMESTAMP-MAP lacks LOCAL or MPEGTS");
    return map;
}

bool is_arrow(std::string_view line) {
    return line.find("-->") != std::string_view::npos;
}

}  // namespace

core::Result<WebVtt> parse_webvtt(std::string_view text, const WebVttLimits& limits) {
    if (text.size() > limits.bytes)
        return fail(Errc::too_large, "the subtitles are larger than {} bytes", limits.bytes);
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    TextLines lines(text);
    std::string_view line;
    if (!lines.next(line) || !line.starts_with("WEBVTT") ||
        (line.size() > 6 && line[6] != ' ' && line[6] != '\t'))
        return fail(Errc::corrupt, "these subtitles are not WebVTT (it would begin with WEBVTT)");
    WebVtt result;
    while (!lines.at_end() && !is_arrow(lines.peek())) {  // the header, up to an empty line
        lines.next(line);
        if (line.empty()) break;
        if (!line.starts_with("X-TIMESTAMP-MAP=") || result.timestamp_map) continue;
        auto map = parse_map(line.substr(16));
        if (!map) return Failure(map.error());
        result.timestamp_map = *map;
    }
    while (lines.next(line)) {
        if (!is_arrow(line)) continue;  // an identifier, a comment, a style, a region: up to what has times
        const auto timing = parse_timing(line);
        Cue cue;
        while (!lines.at_end() && !is_arrow(lines.peek())) {
            lines.next(line);
            if (line.empty()) break;
            if (cue.text.size() > limits.cue_bytes) continue;
            if (!cue.text.empty()) cue.text += '\n';
            append_plain(cue.text, line);
        }
        cut(cue.text, limits.cue_bytes);
        if (timing && cue.text.find_first_not_of(" \t\n") == std::string::npos) continue;  // nothing to show
        if (!timing || result.cues.size() == limits.cues) {
            ++result.ignored;
            continue;
        }
        cue.from = timing->from;
        cue.to = timing->to;
        result.cues.push_back(std::move(cue));
    }
    return result;
}

}  // namespace qd::hls
