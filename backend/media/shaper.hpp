#pragma once
// Decoded pictures as the ladder wants them: upright, square pixels, progressive, 8-bit 4:2:0 in the limited
// range, of one size however the source changes in between.

#include "core/result.hpp"
#include "media/ff.hpp"

namespace qd::media {

/// Not thread-safe. A picture that already is as wanted passes through without a copy.
class Shaper {
public:
    struct Settings {
        int width = 0;
        int height = 0;
        int rotation_deg = 0;     // clockwise, to apply
        bool interlaced = false;  // as the container declares; deinterlaces the pictures that are marked
        unsigned threads = 1;
    };

    explicit Shaper(const Settings& settings) : settings_(settings) {}

    /// Takes `frame` (and leaves it empty), whose pts is in 1/90,000 s. Null when the picture is still held
    /// back.
    core::Result<Frame> shape(AVFrame& frame);
    /// What is still held back at the end, or null.
    core::Result<Frame> flush();

private:
    bool fits(const AVFrame& frame) const;
    core::Result<> build(const AVFrame& frame);
    core::Result<Frame> next();

    Settings settings_;
    FilterGraph graph_;
    AVFilterContext* in_ = nullptr;   // owned by graph_
    AVFilterContext* out_ = nullptr;  // owned by graph_
    int width_ = 0, height_ = 0, format_ = -1;
    AVRational shape_{0, 1};
    double first_aspect_ = 0;
};

/// A picture of another size: bicubic, yuv420p to yuv420p. Not thread-safe.
class Resizer {
public:
    Resizer(int width, int height) : width_(width), height_(height) {}

    core::Result<Frame> resize(const AVFrame& frame);

private:
    int width_, height_;
    int in_width_ = 0, in_height_ = 0;
    Scaler scaler_;
};

}  // namespace qd::media
