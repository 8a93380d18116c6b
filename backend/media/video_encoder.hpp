#pragma once
// libx264 as this room uses it.

#include <string>

#include "core/result.hpp"
#include "media/ff.hpp"
#include "media/ladder.hpp"

namespace qd::media {

struct VideoEncoderSettings {
    int width = 0;
    int height = 0;
    std::uint64_t bitrate = 0;  // bit/s, average
    double frame_rate = 25;     // for rate control and the level; time stamps decide
    double segment_s = 2;
    unsigned threads = 1;
    std::string preset = "veryfast";
};

/// The encoder's rate limit: a second or two never take more than this, bit/s.
std::uint64_t peak_bitrate(std::uint64_t average);

/// Time base 1/90,000, yuv420p, closed GOPs, IDR exactly where a frame's pict_type is I. `like` gives the
/// colours.
core::Result<CodecContext> open_video_encoder(const VideoEncoderSettings& settings, const AVFrame& like);

/// RFC 6381's name of what an opened H.264 encoder with global headers writes: "avc1.64001f".
core::Result<std::string> codec_name(const AVCodecContext& encoder);

/// The best approximation of a frame rate by what is common (n or n/1.001), else in thousandths.
AVRational rational_frame_rate(double frame_rate);

}  // namespace qd::media
