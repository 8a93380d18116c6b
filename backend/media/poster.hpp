#pragma once
// The picture that stands for a title: the one richest in contrast out of its first seconds, as JPEG.

#include <string>

#include "core/result.hpp"
#include "media/ff.hpp"
#include "media/pacer.hpp"

namespace qd::media {

/// Not thread-safe.
class PosterPicker {
public:
    static constexpr Ticks looks_until = 3 * ticks_per_second;
    static constexpr Ticks looks_every = ticks_per_second / 2;

    /// yuv420p pictures in order. True once enough have been seen.
    bool offer(const AVFrame& picture, Ticks at);
    /// JPEG of the best one so far, at most `max_height` high. Errc::unprocessable when there was none.
    core::Result<std::string> jpeg(int max_height = 540) const;

private:
    Frame best_;
    double contrast_ = -1;
    Ticks next_look_ = 0;
};

/// A yuv420p picture as JPEG.
core::Result<std::string> encode_jpeg(const AVFrame& picture, int width, int height);

}  // namespace qd::media
