#include "media/poster.hpp"

#include <algorithm>

namespace qd::media {

using core::Errc;
using core::fail;
using core::Failure;

namespace {

/// Variance of the luma, over every eighth pixel each way.
double contrast_of(const AVFrame& picture) {
    double sum = 0;
    double squares = 0;
    double count = 0;
    for (int y = 0; y < picture.height; y += 8) {
        const std::uint8_t* row = picture.data[0] + std::ptrdiff_t(y) * picture.linesize[0];
        for (int x = 0; x < picture.width; x += 8) {
            const double value = row[x];
            sum += value;
            squares += value * value;
            count += 1;
        }
    }
    return squares / count - (sum / count) * (sum / count);
}

}  // namespace

bool PosterPicker::offer(const AVFrame& picture, Ticks at) {
    if (at >= next_look_) {
        next_look_ = at + looks_every;
        const double contrast = contrast_of(picture);
        // A later picture has to be clearly better.
        if (contrast > contrast_ * 1.05 + 1) {
            best_.reset(av_frame_clone(&picture));
            contrast_ = contrast;
        }
    }
    return at >= looks_until;
}

core::Result<std::string> PosterPicker::jpeg(int max_height) const {
    if (!best_) return fail(Errc::unprocessable, "there is no picture");
    const int height = std::min(max_height, best_->height) / 2 * 2;
    const int width = std::max(2, int(std::int64_t(best_->width) * height / best_->height) / 2 * 2);
    return encode_jpeg(*best_, width, height);
}

core::Result<std::string> encode_jpeg(const AVFrame& picture, int width, int height) {
    const AVCodec* codec = avcodec_find_encoder(AV_CODEC_ID_MJPEG);
    CodecContext encoder(codec ? avcodec_alloc_context3(codec) : nullptr);
    const Frame scaled = make_frame();
    const Packet packet = make_packet();
    if (!encoder || !scaled || !packet)
        return fail(Errc::internal, "FFmpeg has no JPEG encoder, or no memory is left");
    // JPEG has the full range: YUVJ asks the scaler for it.
    const Scaler scaler(sws_getContext(picture.width, picture.height, AV_PIX_FMT_YUV420P, width, height,
                                       AV_PIX_FMT_YUVJ420P, SWS_BICUBIC, nullptr, nullptr, nullptr));
    if (!scaler)
        return fail(Errc::internal, "a picture of {} x {} cannot be scaled", picture.width, picture.height);
    scaled->format = AV_PIX_FMT_YUVJ420P;
    scaled->width = width;
    scaled->height = height;
    scaled->quality = FF_QP2LAMBDA * 4;
    if (auto made = check(av_frame_get_buffer(scaled.get(), 0), "making room for a picture"); !made)
        return Failure(made.error());
    sws_scale(scaler.get(), picture.data, picture.linesize, 0, picture.height, scaled->data,
              scaled->linesize);
    encoder->width = width;
    encoder->height = height;
    encoder->pix_fmt = AV_PIX_FMT_YUVJ420P;
    encoder->color_range = AVCOL_RANGE_JPEG;
    encoder->time_base = {1, 1};
    encoder->thread_count = 1;
    encoder->flags |= AV_CODEC_FLAG_QSCALE | AV_CODEC_FLAG_BITEXACT;
    encoder->global_quality = FF_QP2LAMBDA * 4;
    if (auto opened = check(avcodec_open2(encoder.get(), codec, nullptr), "opening the JPEG encoder");
        !opened)
        return Failure(opened.error());
    if (auto sent = check(avcodec_send_frame(encoder.get(), scaled.get()), "encoding the poster"); !sent)
        return Failure(sent.error());
    if (auto got = check(avcodec_receive_packet(encoder.get(), packet.get()), "encoding the poster"); !got)
        return Failure(got.error());
    return std::string(reinterpret_cast<const char*>(packet->data), std::size_t(packet->size));
}

}  // namespace qd::media
