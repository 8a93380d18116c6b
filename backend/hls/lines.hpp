#pragma once
// The lines of a playlist with their numbers, and what both parsers share. Pure.

#include <string_view>

#include "core/result.hpp"
#include "hls/attributes.hpp"
#include "hls/playlist.hpp"

namespace qd::hls {

/// A failure at a line: "line N: what".
template <class... Args>
[[nodiscard]] core::Failure fail_at(std::size_t line, fmt::format_string<Args...> format, Args&&... args) {
    return core::fail(core::Errc::corrupt, "line {}: {}", line,
                      fmt::format(format, std::forward<Args>(args)...));
}
[[nodiscard]] inline core::Failure fail_at(std::size_t line, const core::Error& error) {
    return core::fail(error.code, "line {}: {}", line, error.message);
}

/// Yields the lines without their endings, empty ones and comments skipped.
class Lines {
public:
    explicit Lines(std::string_view text) : rest_(text) {}

    bool next();
    std::size_t number() const { return number_; }
    std::string_view text() const { return line_; }
    /// Whether the line is a tag of that name; then value() is what follows the colon (or nothing).
    bool is_tag(std::string_view name);
    std::string_view value() const { return value_; }
    bool is_any_tag() const { return line_.starts_with("#EXT"); }

private:
    std::string_view rest_, line_, value_;
    std::size_t number_ = 0;
};

/// EXT-X-BYTERANGE's "<length>[@<offset>]": an absent offset continues at `follows`. Errors without line.
core::Result<ByteRange> parse_byte_range(std::string_view text, std::optional<std::uint64_t> follows);

/// EXT-X-START's attributes: the offset in seconds. Errors without line.
core::Result<core::Seconds> parse_start(std::string_view attributes);

void note_ignored(std::vector<IgnoredFeature>& ignored, IgnoredFeature feature);

core::Result<MultivariantPlaylist> parse_multivariant_lines(std::string_view text, const Limits& limits);
core::Result<MediaPlaylist> parse_media_lines(std::string_view text, const Limits& limits);

}  // namespace qd::hls
