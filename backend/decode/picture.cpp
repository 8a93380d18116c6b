#include "decode/picture.hpp"

#include <algorithm>
#include <mutex>
#include <vector>

#include "media/ff.hpp"

extern "C" {
#include <libavutil/pixdesc.h>
}

namespace qd::decode {
namespace {
constexpr int max_side = 8192;
}

Size fit(Size picture, AVRational pixel_aspect, Size box) {
    double width = std::max(picture.width, 1), height = std::max(picture.height, 1);
    if (pixel_aspect.num > 0 && pixel_aspect.den > 0) {
        // Stretch the side that is too short rather than throw pixels away.
        const double aspect = std::clamp(double(pixel_aspect.num) / pixel_aspect.den, 0.01, 100.0);
        if (aspect > 1)
            width *= aspect;
        else
            height /= aspect;
    }
    double factor = 1;
    if (box.width > 0 && box.height > 0) factor = std::min(box.width / width, box.height / height);
    factor = std::min({factor, max_side / width, max_side / height});
    return {std::max(1, int(width * factor + 0.5)), std::max(1, int(height * factor + 0.5))};
}

/// Keeps a few buffers of the last size, so that 30 times a second no megabytes are mapped and unmapped. A
/// buffer comes back from whichever thread lets go of it last.
class PictureScaler::Pool : public std::enable_shared_from_this<Pool> {
public:
    std::shared_ptr<std::uint8_t> take(std::size_t bytes) {
        std::uint8_t* memory = nullptr;
        {
            const std::lock_guard lock(mutex_);
            if (bytes != bytes_) {
                for (std::uint8_t* old : free_) av_free(old);
                free_.clear();
                bytes_ = bytes;
            }
            if (!free_.empty()) {
                memory = free_.back();
                free_.pop_back();
            }
        }
        if (memory == nullptr) memory = static_cast<std::uint8_t*>(av_malloc(bytes));
        if (memory == nullptr) return nullptr;
        return {memory, [pool = weak_from_this(), bytes](std::uint8_t* back) {
                    if (const auto alive = pool.lock())
                        alive->give_back(back, bytes);
                    else
                        av_free(back);
                }};
    }
    ~Pool() {
        for (std::uint8_t* memory : free_) av_free(memory);
    }

private:
    void give_back(std::uint8_t* memory, std::size_t bytes) {
        {
            const std::lock_guard lock(mutex_);
            if (bytes == bytes_ && free_.size() < 6) {
                free_.push_back(memory);
                return;
            }
        }
        av_free(memory);
    }

    std::mutex mutex_;
    std::size_t bytes_ = 0;
    std::vector<std::uint8_t*> free_;
};

PictureScaler::PictureScaler() : pool_(std::make_shared<Pool>()) {}
PictureScaler::~PictureScaler() = default;

core::Result<VideoFrame> PictureScaler::scale(const AVFrame& frame, Size box) {
    const auto format = AVPixelFormat(frame.format);
    if (frame.width <= 0 || frame.height <= 0 || frame.data[0] == nullptr || !sws_isSupportedInput(format))
        return core::fail(core::Errc::corrupt, "a picture of a format that cannot be shown");
    const Size size = fit({frame.width, frame.height}, frame.sample_aspect_ratio, box);
    SwsContext* const before = scaler_.get();
    scaler_.reset(sws_getCachedContext(scaler_.release(), frame.width, frame.height, format, size.width,
                                       size.height, AV_PIX_FMT_BGRA, SWS_BILINEAR, nullptr, nullptr,
                                       nullptr));
    if (!scaler_) return core::fail(core::Errc::corrupt, "a picture of a format that cannot be shown");
    const bool hd = frame.height >= 720;
    const int space =
        frame.colorspace == AVCOL_SPC_UNSPECIFIED ? (hd ? SWS_CS_ITU709 : SWS_CS_ITU601) : frame.colorspace;
    const AVPixFmtDescriptor* descriptor = av_pix_fmt_desc_get(format);
    const bool rgb = descriptor != nullptr && (descriptor->flags & AV_PIX_FMT_FLAG_RGB) != 0;
    const int full = frame.color_range == AVCOL_RANGE_JPEG || rgb ? 1 : 0;
    // This computes tables: only when something changed.
    if (scaler_.get() != before || space != space_ || full != full_range_) {
        sws_setColorspaceDetails(scaler_.get(), sws_getCoefficients(space), full,
                                 sws_getCoefficients(SWS_CS_DEFAULT), 1, 0, 1 << 16, 1 << 16);
        space_ = space;
        full_range_ = full;
    }
    VideoFrame result;
    result.width = size.width;
    result.height = size.height;
    result.stride_bytes = (size.width * 4 + 31) / 32 * 32;
    // swscale's vector code may write past the last pixel of the last row.
    auto pixels = pool_->take(std::size_t(result.stride_bytes) * std::size_t(size.height) + 64);
    if (!pixels) return core::fail(core::Errc::internal, "out of memory");
    std::uint8_t* const planes[4] = {pixels.get(), nullptr, nullptr, nullptr};
    const int strides[4] = {result.stride_bytes, 0, 0, 0};
    if (sws_scale(scaler_.get(), frame.data, frame.linesize, 0, frame.height, planes, strides) <= 0)
        return core::fail(core::Errc::corrupt, "a picture could not be scaled");
    result.pixels = std::move(pixels);
    result.source_width = frame.width;
    result.source_height = frame.height;
    return result;
}

}  // namespace qd::decode
