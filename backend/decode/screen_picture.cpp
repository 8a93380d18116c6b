#include "decode/screen_picture.hpp"

#include <utility>

#include "media/frame_code.hpp"

extern "C" {
#include <libavutil/pixdesc.h>
}

namespace qd::decode {
namespace {

std::optional<std::uint32_t> frame_code(const AVFrame& frame) {
    const AVPixFmtDescriptor* format = av_pix_fmt_desc_get(AVPixelFormat(frame.format));
    const bool eight_bit_luma =
        format != nullptr && (format->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL)) == 0 &&
        format->comp[0].depth == 8 && format->comp[0].step == 1 && format->comp[0].plane == 0;
    if (!eight_bit_luma) return std::nullopt;
    return media::read_frame_code({frame.data[0], frame.width, frame.height, frame.linesize[0]});
}

}  // namespace

core::Result<VideoFrame> paint(PictureScaler& scaler, const DecodedPicture& picture, Size box,
                               bool read_code) {
    auto frame = scaler.scale(*picture.frame, box);
    if (!frame) return frame;
    frame->at = picture.at;
    frame->duration = picture.duration;
    frame->level = picture.level;
    if (read_code) frame->frame_number = frame_code(*picture.frame);
    return frame;
}

void repaint(VideoFrame& frame, VideoFrame scaled) {
    frame.width = scaled.width;
    frame.height = scaled.height;
    frame.stride_bytes = scaled.stride_bytes;
    frame.pixels = std::move(scaled.pixels);
}

media::Frame another_reference(const DecodedPicture& picture) {
    return media::Frame(av_frame_clone(picture.frame.get()));
}

core::Result<VideoFrame> in_coded_size(const AVFrame& picture, const VideoFrame& painted) {
    PictureScaler scaler;
    auto scaled = scaler.scale(picture, {});
    if (!scaled) return scaled;
    VideoFrame result = painted;
    repaint(result, std::move(*scaled));
    return result;
}

FrameInfo describe(const ScreenPicture& shown) {
    FrameInfo info = describe(shown.picture);
    info.frame_number = shown.frame.frame_number;
    return info;
}

}  // namespace qd::decode
