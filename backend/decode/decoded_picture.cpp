#include "decode/decoded_picture.hpp"

extern "C" {
#include <libavutil/pixdesc.h>
#include <libavutil/video_enc_params.h>
}

namespace qd::decode {

std::uint64_t DecodedPicture::bytes() const {
    std::uint64_t sum = 0;
    for (const AVBufferRef* buffer : frame->buf)
        if (buffer != nullptr) sum += buffer->size;
    return sum;
}

FrameInfo describe(const DecodedPicture& picture) {
    const AVFrame& frame = *picture.frame;
    FrameInfo info;
    info.picture_type =
        frame.pict_type == AV_PICTURE_TYPE_NONE ? '?' : av_get_picture_type_char(frame.pict_type);
    info.key = frame.key_frame != 0;
    info.qp = picture.qp;
    info.pts = frame.pts == AV_NOPTS_VALUE ? frame.best_effort_timestamp : frame.pts;
    info.dts = picture.dts;
    info.time_base_num = picture.time_base.num;
    info.time_base_den = picture.time_base.den;
    info.at = picture.at;
    info.duration = picture.duration;
    info.level = picture.level;
    info.sequence = picture.sequence;
    info.codec = picture.codec;
    if (const char* name = av_get_pix_fmt_name(AVPixelFormat(frame.format))) info.pixel_format = name;
    info.width = frame.width;
    info.height = frame.height;
    info.packet_bytes = frame.pkt_size > 0 ? std::uint64_t(frame.pkt_size) : 0;
    return info;
}

std::optional<double> take_mean_qp(AVFrame& frame) {
    const AVFrameSideData* data = av_frame_get_side_data(&frame, AV_FRAME_DATA_VIDEO_ENC_PARAMS);
    if (data == nullptr) return std::nullopt;
    auto* parameters = reinterpret_cast<AVVideoEncParams*>(data->data);
    double sum = 0;
    for (unsigned i = 0; i < parameters->nb_blocks; ++i)
        sum += av_video_enc_params_block(parameters, i)->delta_qp;
    const double mean = parameters->qp + (parameters->nb_blocks > 0 ? sum / parameters->nb_blocks : 0);
    av_frame_remove_side_data(&frame, AV_FRAME_DATA_VIDEO_ENC_PARAMS);
    return mean;
}

}  // namespace qd::decode
