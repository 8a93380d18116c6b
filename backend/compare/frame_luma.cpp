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

std::uint8_t luma_to_video_range(int full) {
    return std::uint8_t(16 + (full * 219 + 127) / 255);
}
std::uint8_t chroma_to_video_range(int full) {
    return std::uint8_t(16 + (full * 224 + 127) / 255);
}

/// Deeper or packed samples, or full range: read one by one.
Luma copied(const AVFrame& frame, const AVComponentDescriptor& component, int width, int height,
            std::uint8_t (*convert)(int)) {
    std::vector<std::uint8_t> samples(std::size_t(width) * std::size_t(height));
    const int depth = component.depth;
    for (int y = 0; y < height; ++y) {
        const std::uint8_t* row = frame.data[component.plane] +
                                  std::ptrdiff_t(y) * frame.linesize[component.plane] + component.offset;
        std::uint8_t* out = samples.data() + std::size_t(y) * std::size_t(width);
        for (int x = 0; x < width; ++x, row += component.step) {
            int value = *row;
            if (depth > 8) {
                value = (row[0] | row[1] << 8) >> component.shift;
                value = std::min((value + (1 << (depth - 9))) >> (depth - 8), 255);
            }
            out[x] = convert != nullptr ? convert(value) : std::uint8_t(value);
        }
    }
    return make_luma(width, height, std::move(samples));
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
    auto result = luma_of(*yuv);
    if (result) result->matrix = ColourMatrix::bt601;
    return result;
}

ColourMatrix matrix_of(AVColorSpace space) {
    switch (space) {
        case AVCOL_SPC_BT709:
            return ColourMatrix::bt709;
        case AVCOL_SPC_BT470BG:
        case AVCOL_SPC_SMPTE170M:
            return ColourMatrix::bt601;
        default:
            return ColourMatrix::unknown;
    }
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
    const bool has_chroma = descriptor->nb_components >= 3;
    const int chroma_width = AV_CEIL_RSHIFT(frame.width, descriptor->log2_chroma_w);
    const int chroma_height = AV_CEIL_RSHIFT(frame.height, descriptor->log2_chroma_h);
    const auto plain = [](const AVComponentDescriptor& component) {
        return component.depth == 8 && component.step == 1 && component.offset == 0;
    };
    const bool shared = plain(luma) && !full && frame.buf[0] != nullptr &&
                        (!has_chroma || (plain(descriptor->comp[1]) && plain(descriptor->comp[2])));
    if (!shared) {
        Luma result = copied(frame, luma, frame.width, frame.height, full ? luma_to_video_range : nullptr);
        using Owners = std::vector<std::shared_ptr<const void>>;
        Owners owners{result.owner};
        for (std::size_t i = 0; i < result.chroma.size() && has_chroma; ++i) {
            const Luma chroma = copied(frame, descriptor->comp[i + 1], chroma_width, chroma_height,
                                       full ? chroma_to_video_range : nullptr);
            result.chroma[i] = chroma.view;
            owners.push_back(chroma.owner);
        }
        result.owner = std::make_shared<const Owners>(std::move(owners));
        result.matrix = matrix_of(frame.colorspace);
        return result;
    }
    std::shared_ptr<AVFrame> owner(av_frame_clone(&frame), [](AVFrame* held) { av_frame_free(&held); });
    if (!owner) return core::fail(core::Errc::internal, "out of memory");
    Luma result{{owner->data[luma.plane], owner->width, owner->height, owner->linesize[luma.plane]}, owner};
    for (std::size_t i = 0; i < result.chroma.size() && has_chroma; ++i) {
        const int plane = descriptor->comp[i + 1].plane;
        result.chroma[i] = {owner->data[plane], chroma_width, chroma_height, owner->linesize[plane]};
    }
    result.matrix = matrix_of(frame.colorspace);
    return result;
}

}  // namespace qd::compare
