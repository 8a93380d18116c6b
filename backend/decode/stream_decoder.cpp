#include "decode/stream_decoder.hpp"

namespace qd::decode {

core::Result<> StreamDecoder::configure(const StreamConfigPtr& config) {
    const AVCodecParameters& parameters = *config->parameters;
    const AVCodec* codec = avcodec_find_decoder(parameters.codec_id);
    if (codec == nullptr)
        return core::fail(core::Errc::unprocessable, "there is no decoder for '{}'",
                          avcodec_get_name(parameters.codec_id));
    media::CodecContext context(avcodec_alloc_context3(codec));
    if (!context) return core::fail(core::Errc::internal, "out of memory");
    if (const auto set = media::check(avcodec_parameters_to_context(context.get(), &parameters),
                                      "setting up a decoder", core::Errc::unprocessable);
        !set)
        return set;
    context->thread_count = threads_;
    context->thread_type = FF_THREAD_FRAME | FF_THREAD_SLICE;
    if (const auto opened = media::check(avcodec_open2(context.get(), codec, nullptr), "opening a decoder",
                                         core::Errc::unprocessable);
        !opened)
        return opened;
    codec_ = std::move(context);
    config_ = config;
    return {};
}

core::Result<> StreamDecoder::decode(const DemuxedPacket& packet) {
    if (packet.config != config_) {
        drain();
        if (auto ready = configure(packet.config); !ready) return ready;
    }
    int sent = avcodec_send_packet(codec_.get(), packet.packet.get());
    if (sent == AVERROR(EAGAIN)) {
        receive();
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
        output_(std::move(frame));
    }
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
