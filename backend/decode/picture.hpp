#pragma once
// Decoded pictures to what is painted: scaled into a box, 32-bit BGRA. Not thread-safe.

#include <memory>

#include "core/result.hpp"
#include "decode/frame_sink.hpp"
#include "media/ff.hpp"

namespace qd::decode {

struct Size {
    int width = 0;
    int height = 0;

    bool operator==(const Size&) const = default;
};

/// The largest size of the picture's shape (pixel aspect included) that fits `box`; at least 1x1. An empty
/// box: the picture's own size.
Size fit(Size picture, AVRational pixel_aspect, Size box);

class PictureScaler {
public:
    PictureScaler();
    ~PictureScaler();

    /// Bilinear; colours by the frame's own matrix and range (BT.709 from 720 lines on, else BT.601, where it
    /// says nothing). Fills size and pixels only. Errc::corrupt for frames that cannot be read.
    core::Result<VideoFrame> scale(const AVFrame& frame, Size box);

private:
    class Pool;
    media::Scaler scaler_;
    int space_ = -1, full_range_ = -1;
    std::shared_ptr<Pool> pool_;
};

}  // namespace qd::decode
