#include "media/geometry.hpp"

extern "C" {
#include <libavutil/display.h>
}

#include <algorithm>
#include <cmath>
#include <utility>

namespace qd::media {

int rotation_of(const AVStream* stream) {
    std::size_t size = 0;
    const auto* matrix = reinterpret_cast<const std::int32_t*>(
        av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size));
    if (!matrix || size < 9 * sizeof(std::int32_t)) return 0;
    const double counterclockwise = av_display_rotation_get(matrix);
    if (!std::isfinite(counterclockwise)) return 0;
    const int quarter_turns = int(std::lround(-counterclockwise / 90.0));
    return ((quarter_turns % 4) + 4) % 4 * 90;
}

Geometry geometry_of(AVFormatContext* format, AVStream* stream, AVFrame* frame) {
    Geometry geometry{frame->width, frame->height, rotation_of(stream)};
    const AVRational shape = av_guess_sample_aspect_ratio(format, stream, frame);
    if (shape.num > 0 && shape.den > 0) {
        const double ratio = av_q2d(shape);
        // Beyond that it is a mistake in the file rather than a shape of pixels.
        if (ratio > 0.2 && ratio < 5) geometry.width = std::max(1, int(std::lround(frame->width * ratio)));
    }
    if (geometry.rotation_deg % 180 != 0) std::swap(geometry.width, geometry.height);
    return geometry;
}

double frame_rate_of(AVFormatContext* format, AVStream* stream) {
    for (const AVRational rate :
         {stream->avg_frame_rate, av_guess_frame_rate(format, stream, nullptr), stream->r_frame_rate}) {
        if (rate.num <= 0 || rate.den <= 0) continue;
        const double value = av_q2d(rate);
        if (value >= 0.01 && value <= 1'000) return value;
    }
    return 25;
}

}  // namespace qd::media
