#include "media/video_encoder.hpp"

#include <algorithm>
#include <cmath>

#include "media/pacer.hpp"

namespace qd::media {

using core::Errc;
using core::fail;
using core::Failure;

std::uint64_t peak_bitrate(std::uint64_t average) {
    return average * 3 / 2;
}

AVRational rational_frame_rate(double frame_rate) {
    const double whole = std::round(frame_rate);
    if (std::abs(frame_rate - whole) < 0.002) return {int(whole), 1};
    const double ntsc = std::round(frame_rate * 1.001);
    if (std::abs(frame_rate - ntsc / 1.001) < 0.002) return {int(ntsc) * 1'000, 1'001};
    return {std::max(1, int(std::lround(frame_rate * 1'000))), 1'000};
}

core::Result<CodecContext> open_video_encoder(const VideoEncoderSettings& settings, const AVFrame& like) {
    const AVCodec* codec = avcodec_find_encoder_by_name("libx264");
    if (!codec) return fail(Errc::internal, "FFmpeg was built without libx264: install Debian's libavcodec");
    CodecContext encoder(avcodec_alloc_context3(codec));
    if (!encoder) return fail(Errc::internal, "out of memory");
    encoder->width = settings.width;
    encoder->height = settings.height;
    encoder->pix_fmt = AV_PIX_FMT_YUV420P;
    encoder->sample_aspect_ratio = {1, 1};
    encoder->time_base = {1, int(ticks_per_second)};
    encoder->framerate = rational_frame_rate(settings.frame_rate);
    encoder->bit_rate = std::int64_t(settings.bitrate);
    encoder->rc_max_rate = std::int64_t(peak_bitrate(settings.bitrate));
    encoder->rc_buffer_size = int(std::min<std::uint64_t>(peak_bitrate(settings.bitrate), INT32_MAX));
    // IDR pictures come where they are asked for; this only bounds a GOP if frames come faster than was
    // declared.
    encoder->gop_size = std::max(250, int(std::ceil(settings.segment_s * settings.frame_rate * 8)));
    encoder->keyint_min = 1;
    encoder->thread_count = int(std::max(1u, settings.threads));
    encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_CLOSED_GOP;
    encoder->color_range = AVCOL_RANGE_MPEG;
    encoder->color_primaries = like.color_primaries;
    encoder->color_trc = like.color_trc;
    encoder->colorspace = like.colorspace;
    Options options;
    options.set("preset", settings.preset)
        .set("profile", "high")
        .set("forced-idr", "1")
        .set("x264-params", "scenecut=0:open-gop=0");
    if (auto result = check(avcodec_open2(encoder.get(), codec, options.get()), "opening the H.264 encoder");
        !result)
        return Failure(result.error());
    return encoder;
}

core::Result<std::string> codec_name(const AVCodecContext& encoder) {
    // Annex B: the sequence parameter set begins with profile, constraints and level.
    const std::uint8_t* bytes = encoder.extradata;
    for (int i = 0; i + 6 < encoder.extradata_size; ++i)
        if (bytes[i] == 0 && bytes[i + 1] == 0 && bytes[i + 2] == 1 && (bytes[i + 3] & 0x1f) == 7)
            return fmt::format("avc1.{:02x}{:02x}{:02x}", bytes[i + 4], bytes[i + 5], bytes[i + 6]);
    return fail(Errc::internal, "the H.264 encoder gave no sequence parameter set");
}

}  // namespace qd::media
