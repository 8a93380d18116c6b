#pragma once
// What a file is, before anybody waits for its encode.

#include <cstdint>
#include <filesystem>
#include <string>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace qd::media {

struct SourceInfo {
    double duration_s = 0;  // of the title as declared by the container, > 0
    int width = 0;          // as displayed: after rotation, with square pixels
    int height = 0;
    int coded_width = 0;  // as stored
    int coded_height = 0;
    int rotation_deg = 0;    // clockwise, to be applied for display: 0, 90, 180 or 270
    double frame_rate = 0;   // frames/s on average
    bool has_audio = false;  // a sound track that we can decode
    int audio_channels = 0;
    int audio_rate_hz = 0;
    std::string container;     // FFmpeg's name of the demuxer: "mov,mp4,m4a,3gp,3g2,mj2"
    std::string video_codec;   // "h264"
    std::string audio_codec;   // "aac", empty without sound
    std::string pixel_format;  // "yuv420p"
    int bit_depth = 8;
    std::uint64_t size_bytes = 0;

    bool operator==(const SourceInfo&) const = default;
};

struct ProbeLimits {
    int max_side = 8192;                    // pixels, either side
    std::int64_t max_pixels = 8192 * 4320;  // of one picture
    double max_duration_s = 12 * 3600;
    core::Seconds time{10};  // of wall clock, for all of it
    std::int64_t probe_bytes = 16 << 20;
};

/// Opens the file, checks it against the limits, decodes its first picture, and checks that what the
/// container's index promises lies within the file. Errc::unprocessable with a reason for people when the
/// file is no playable video; Errc::io or not_found when it cannot be read. Nothing but `path` itself is ever
/// opened: containers that refer to other files are refused. Thread-safe; blocks for up to limits.time.
core::Result<SourceInfo> probe(const std::filesystem::path& path, const ProbeLimits& limits = {});

}  // namespace qd::media
