#include "decode/stream_decoder.hpp"

#include "decode/coded_picture.hpp"
#include "decode/hardware.hpp"

extern "C" {
#include <libavutil/hwcontext.h>
}

namespace qd::decode {
namespace {

// 8K. A decoder holds up to 17 pictures: of these, some 900 MB.
constexpr std::int64_t most_pixels = 8192ll * 4352;

bool can_use(const AVCodec& codec, AVHWDeviceType type) {
    for (int i = 0;; ++i) {
        const AVCodecHWConfig* config = avcodec_get_hw_config(&codec, i);
        if (config == nullptr) return false;
        if ((config->methods & AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX) != 0 && config->device_type == type)
            return true;
    }
}

/// FFmpeg offers what fits the stream; where the driver does not take it, its own decoder goes on.
AVPixelFormat choose_format(AVCodecContext* context, const AVPixelFormat* offered) {
    for (const AVPixelFormat* format = offered; *format != AV_PIX_FMT_NONE; ++format)
        if (*format == AV_PIX_FMT_VAAPI) return *format;
    return avcodec_default_get_format(context, offered);
}

}  // namespace

std::string codec_title(const AVCodecParameters& parameters) {
    static constexpr std::pair<AVCodecID, const char*> names[] = {
        {AV_CODEC_ID_H264, "H.264"}, {AV_CODEC_ID_HEVC, "HEVC"},   {AV_CODEC_ID_VP9, "VP9"},
        {AV_CODEC_ID_AV1, "AV1"},    {AV_CODEC_ID_AAC, "AAC"},     {AV_CODEC_ID_OPUS, "Opus"},
        {AV_CODEC_ID_AC3, "AC-3"},   {AV_CODEC_ID_EAC3, "E-AC-3"}, {AV_CODEC_ID_MP3, "MP3"},
    };
    std::string title = avcodec_get_name(parameters.codec_id);
    for (const auto& [id, name] : names)
        if (id == parameters.codec_id) title = name;
    const char* profile = avcodec_profile_name(parameters.codec_id, parameters.profile);
    if (profile != nullptr) title += std::string(" ") + profile;
    return title;
}

core::Result<> StreamDecoder::open(const AVCodec& codec, const AVCodecParameters& parameters,
                                   AVBufferRef* device) {
    media::CodecContext context(avcodec_alloc_context3(&codec));
    if (!context) return core::fail(core::Errc::internal, "out of memory");
    if (const auto set = media::check(avcodec_parameters_to_context(context.get(), &parameters),
                                      "setting up a decoder", core::Errc::unprocessable);
        !set)
        return set;
    context->max_pixels = most_pixels;
    context->thread_count = options_.threads;
    context->thread_type = FF_THREAD_FRAME | FF_THREAD_SLICE;
    if (options_.export_qp) context->export_side_data |= AV_CODEC_EXPORT_DATA_VIDEO_ENC_PARAMS;
    if (device != nullptr) {
        context->hw_device_ctx = av_buffer_ref(device);
        context->get_format = choose_format;
        context->extra_hw_frames = 4;
    }
    if (const auto opened = media::check(avcodec_open2(context.get(), &codec, nullptr), "opening a decoder",
                                         core::Errc::unprocessable);
        !opened)
        return opened;
    codec_ = std::move(context);
    return {};
}

core::Result<> StreamDecoder::configure(const StreamConfigPtr& config) {
    const AVCodecParameters& parameters = *config->parameters;
    const AVCodec* codec = avcodec_find_decoder(parameters.codec_id);
    if (codec == nullptr)
        return core::fail(core::Errc::unprocessable, "there is no decoder for '{}'",
                          avcodec_get_name(parameters.codec_id));
    if (std::int64_t(parameters.width) * parameters.height > most_pixels)
        return core::fail(core::Errc::unprocessable,
                          "pictures of {}x{} are too large: at most {} Mpixel are played", parameters.width,
                          parameters.height, most_pixels / 1'000'000);
    in_hardware_ = false;
    bool opened = false;
    if (options_.hardware && parameters.codec_type == AVMEDIA_TYPE_VIDEO && !hardware_failed_) {
        const Hardware& found = hardware();
        software_reason_ = found.reason;
        // libdav1d comes first for AV1, and knows no hardware; FFmpeg's own decoder knows nothing else.
        const AVCodec* able = codec;
        if (!can_use(*able, AV_HWDEVICE_TYPE_VAAPI) && parameters.codec_id == AV_CODEC_ID_AV1)
            able = avcodec_find_decoder_by_name("av1");
        if (found.device != nullptr && (able == nullptr || !can_use(*able, AV_HWDEVICE_TYPE_VAAPI)))
            software_reason_ = "the hardware does not decode " + codec_title(parameters);
        else if (found.device != nullptr)
            opened = open(*able, parameters, found.device).has_value();
    }
    if (!opened)
        if (auto ready = open(*codec, parameters, nullptr); !ready) return ready;
    config_ = config;
    title_ = codec_title(parameters);
    return {};
}

core::Result<> StreamDecoder::decode(const DemuxedPacket& packet, PacketUse use) {
    if (packet.config != config_) {
        drain();
        if (auto ready = configure(packet.config); !ready) return ready;
    }
    // A decoder with frame threads waits for a picture it skips as for any other: half of them would idle.
    if (use == PacketUse::needed_by_others && is_disposable(*packet.packet, *config_->parameters)) {
        ++left_out_;
        return {};
    }
    ++decoded_;
    codec_->skip_frame = use == PacketUse::needed_by_others ? AVDISCARD_NONREF : AVDISCARD_DEFAULT;
    if (options_.export_qp)
        codec_->export_side_data = use == PacketUse::shown ? AV_CODEC_EXPORT_DATA_VIDEO_ENC_PARAMS : 0;
    int sent = avcodec_send_packet(codec_.get(), packet.packet.get());
    if (sent == AVERROR(EAGAIN)) {
        receive();
        sent = avcodec_send_packet(codec_.get(), packet.packet.get());
    }
    if (sent < 0 && codec_->hw_device_ctx != nullptr && !hardware_failed_) {
        hardware_failed_ = true;
        if (auto ready = configure(config_); !ready) return ready;
        software_reason_ = "the hardware refused it: " + media::error_text(sent);
        sent = avcodec_send_packet(codec_.get(), packet.packet.get());
    }
    if (sent < 0) ++damaged_;
    receive();
    return {};
}

void StreamDecoder::receive() {
    for (;;) {
        media::Frame frame = media::make_frame();
        if (!frame) return;
        const int result = avcodec_receive_frame(codec_.get(), frame.get());
        if (result == AVERROR(EAGAIN) || result == AVERROR_EOF) return;
        if (result < 0) {
            ++damaged_;
            return;
        }
        give(std::move(frame));
    }
}

void StreamDecoder::give(media::Frame frame) {
    in_hardware_ = frame->hw_frames_ctx != nullptr;
    if (in_hardware_) {
        software_reason_.clear();
        media::Frame copy = media::make_frame();
        if (!copy || av_hwframe_transfer_data(copy.get(), frame.get(), 0) < 0 ||
            av_frame_copy_props(copy.get(), frame.get()) < 0) {
            ++damaged_;
            return;
        }
        frame = std::move(copy);
    } else if (codec_->hw_device_ctx != nullptr && software_reason_.empty()) {
        software_reason_ = "the hardware does not take this " + title_;
    }
    output_(std::move(frame));
}

void StreamDecoder::drain() {
    if (!codec_) return;
    if (avcodec_send_packet(codec_.get(), nullptr) >= 0) receive();
    avcodec_flush_buffers(codec_.get());
}

void StreamDecoder::flush() {
    if (codec_) avcodec_flush_buffers(codec_.get());
}

}  // namespace qd::decode
