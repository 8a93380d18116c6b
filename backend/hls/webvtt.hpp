#pragma once
// Subtitles as HLS carries them: WebVTT (W3C) cut into segments (RFC 8216, 3.5). Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace qd::hls {

/// What is shown from one moment to another. Lines are separated by '\n'; markup is gone, entities are
/// characters.
struct Cue {
    core::Seconds from{};
    core::Seconds to{};  // > from
    std::string text;    // UTF-8, not empty

    bool operator==(const Cue&) const = default;
};

/// X-TIMESTAMP-MAP: the cue time `local` is the moment with the MPEG-2 timestamp `mpegts` (90 kHz, 33 bits).
struct TimestampMap {
    std::uint64_t mpegts = 0;
    core::Seconds local{};

    bool operator==(const TimestampMap&) const = default;
};

struct WebVtt {
    std::optional<TimestampMap> timestamp_map;
    std::vector<Cue> cues;      // in the order of the text, times as they stand there
    std::uint32_t ignored = 0;  // cues that could not be read, or came after the limit

    bool operator==(const WebVtt&) const = default;
};

struct WebVttLimits {
    std::size_t bytes = 4u << 20;
    std::size_t cues = 5'000;
    std::size_t cue_bytes = 4'096;  // longer texts are cut at a character
};

/// Errc::too_large beyond `limits.bytes`; Errc::corrupt for what does not begin with WEBVTT or maps
/// timestamps in a way that cannot be read. A bad cue costs that cue alone, as the W3C's parser has it.
/// Settings (position, alignment), regions, styles and comments are passed over.
core::Result<WebVtt> parse_webvtt(std::string_view text, const WebVttLimits& limits = {});

}  // namespace qd::hls
