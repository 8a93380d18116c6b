#pragma once
// How a coded picture is to be shown: rotation, pixel shape, rate.

#include "media/ff.hpp"

namespace qd::media {

struct Geometry {
    int width = 0;  // as shown: rotated, square pixels; not yet even
    int height = 0;
    int rotation_deg = 0;  // clockwise: 0, 90, 180, 270
};

/// Clockwise rotation to apply for display, from the stream's display matrix.
int rotation_of(const AVStream* stream);

/// For pictures of `width` x `height` out of that stream.
Geometry geometry_of(AVFormatContext* format, AVStream* stream, AVFrame* frame);

/// Frames per second on average; 25 when the container does not say anything sensible.
double frame_rate_of(AVFormatContext* format, AVStream* stream);

}  // namespace qd::media
