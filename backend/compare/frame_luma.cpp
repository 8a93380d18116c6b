#include "compare/frame_luma.hpp"

#include <algorithm>
#include <array>
#include <vector>

extern "C" {
#include <libavutil/pixdesc.h>
}

namespace qd::compare {
namespace {

constexpr int largest_side = 16'384;

std::uint8_t to_video_range(int full) {
    return std::uint8_t(16 + (full * 219 + 127) / 255);
}

/// Deeper or packed samples, or full range: read one by one.
Luma copied(const AVFrame& frame, const AVComponentDescriptor& component, bool full) {
    std::vector<std::uint8_t> samples(std::size_t(frame.width) * std::size_t(frame.height));
    const int depth = component.depth;
    for (int y = 0; y < frame.height; ++y) {
        const std::uint8_t* row = frame.data[component.plane] +
                                  std::ptrdiff_t(y) * frame.linesize[component.plane] + component.offset;
        std::uint8_t* out = samples.data() + std::size_t(y) * std::size_t(frame.width);
        for (int x = 0; x < frame.width; ++x, row += component.step) {
            int value = *row;
            if (depth > 8) {
                value = (row[0] | row[1] << 8) >> component.shift;
                value = std::min((value + (1 << (depth - 9))) >> (depth - 8), 255);
            }
            out[x] = full ? to_video_range(value) : std::uint8_t(value);
        }
    }
    return make_luma(frame.width, frame.height, std::move(samples));
}

core::Result<Luma> converted(const AVFrame& frame) {
    const media::Scaler scaler(sws_getContext(frame.width, frame.height, AVPixelFormat(frame.format),
                                              frame.width, frame.height, AV_PIX_FMT_YUV444P, SWS_POINT,
                                              nullptr, nullptr, nullptr));
    const media::Frame yuv = media::make_frame();
    if (!scaler || !yuv) return core::fail(core::Errc::unprocessable, "a picture of a format without luma");
    yuv->width = frame.width;
    yuv->height = frame.height;
    yuv->format = AV_PIX_FMT_YUV444P;
    if (av_frame_get_buffer(yuv.get(), 0) < 0) return core::fail(core::Errc::internal, "out of memory");
    if (sws_scale(scaler.get(), frame.data, frame.linesize, 0, frame.height, yuv->data, yuv->linesize) <= 0)
        return core::fail(core::Errc::unprocessable, "a picture could not be converted");
    return luma_of(*yuv);
}

}  // namespace

core::Result<Luma> luma_of(const AVFrame& frame) {
    const auto format = AVPixelFormat(frame.format);
    const AVPixFmtDescriptor* descriptor = av_pix_fmt_desc_get(format);
    if (descriptor == nullptr || frame.data[0] == nullptr || frame.width <= 0 || frame.height <= 0 ||
        frame.width > largest_side || frame.height > largest_side ||
        (descriptor->flags & AV_PIX_FMT_FLAG_HWACCEL) != 0)
        return core::fail(core::Errc::unprocessable, "a picture whose samples cannot be read");
    if ((descriptor->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM)) != 0) {
        if (!sws_isSupportedInput(format))
            return core::fail(core::Errc::unprocessable, "a picture of a format without luma");
        return converted(frame);
    }
    const AVComponentDescriptor& luma = descriptor->comp[0];
    if (luma.depth < 8 || luma.depth > 16 ||
        (luma.depth > 8 && (descriptor->flags & AV_PIX_FMT_FLAG_BE) != 0))
        return core::fail(core::Errc::unprocessable, "a picture of a format that is not compared");
    static constexpr std::array full_formats{AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUVJ444P,
                                             AV_PIX_FMT_YUVJ440P, AV_PIX_FMT_YUVJ411P};
    const bool full = frame.color_range == AVCOL_RANGE_JPEG ||
                      std::find(full_formats.begin(), full_formats.end(), format) != full_formats.end();
    const bool shared =
        luma.depth == 8 && luma.step == 1 && luma.offset == 0 && !full && frame.buf[0] != nullptr;
    if (!shared) return copied(frame, luma, full);
    std::shared_ptr<AVFrame> owner(av_frame_clone(&frame), [](AVFrame* held) { av_frame_free(&held); });
    if (!owner) return core::fail(core::Errc::internal, "out of memory");
    Luma result{{owner->data[luma.plane], owner->width, owner->height, owner->linesize[luma.plane]}, owner};
    for (std::size_t i = 0; i < result.chroma.size() && descriptor->nb_components >= 3; ++i) {
        const AVComponentDescriptor& chroma = descriptor->comp[i + 1];
        if (chroma.depth != 8 || chroma.step != 1 || chroma.offset != 0) continue;
        result.chroma[i] = {
            owner->data[chroma.plane], AV_CEIL_RSHIFT(owner->width, descriptor->log2_chroma_w),
            AV_CEIL_RSHIFT(owner->height, descriptor->log2_chroma_h), owner->linesize[chroma.plane]};
    }
    return result;
}

}  // namespace qd::compare
