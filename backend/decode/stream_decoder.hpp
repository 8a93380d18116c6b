#pragma once
// A decoder that lives across segments and is set up again when the configuration changes; the hardware's
// where there is one that takes the stream, FFmpeg's software otherwise. Not thread-safe.

#include <cstdint>
#include <functional>
#include <string>

#include "core/result.hpp"
#include "decode/segment_reader.hpp"
#include "media/ff.hpp"

namespace qd::decode {

struct DecoderOptions {
    int threads = 1;
    bool hardware = false;
    bool export_qp = false;  // frames carry their quantisers as side data, where the codec can (H.264, VP9)
};

/// "H.264 High", "AAC LC"; FFmpeg's name for codecs without a common one.
std::string codec_title(const AVCodecParameters& parameters);

/// What a packet's frame is for, so that no more is done than must be.
enum class PacketUse {
    shown,
    kept,              // given out without its quantisers
    needed_by_others,  // given out only if others are decoded from it
};

class StreamDecoder {
public:
    /// Gets each decoded frame, in memory; its pts is in the time base of the packet that it came in, or
    /// AV_NOPTS_VALUE.
    using Output = std::function<void(media::Frame)>;

    StreamDecoder(int threads, Output output) : StreamDecoder(DecoderOptions{threads}, std::move(output)) {}
    StreamDecoder(DecoderOptions options, Output output) : options_(options), output_(std::move(output)) {}

    /// Errc::unprocessable when there is no decoder for it (fatal for the title). Damaged packets are
    /// counted, not errors. A new configuration drains what the old one still holds.
    core::Result<> decode(const DemuxedPacket& packet, PacketUse use = PacketUse::shown);
    /// Gives out what the decoder holds back; it can go on afterwards.
    void drain();
    /// Forgets what the decoder holds: after a seek.
    void flush();

    std::uint64_t damaged_packets() const { return damaged_; }
    /// Packets that were decoded, and those of pictures that were left out since no other needs them.
    std::uint64_t decoded_packets() const { return decoded_; }
    std::uint64_t left_out_packets() const { return left_out_; }
    /// Of the stream being decoded; empty before the first packet.
    const std::string& title() const { return title_; }
    /// Whether frames come from the hardware.
    bool in_hardware() const { return in_hardware_; }
    /// Why not; empty when they do, or when it was not asked for.
    const std::string& software_reason() const { return software_reason_; }

private:
    core::Result<> configure(const StreamConfigPtr& config);
    core::Result<> open(const AVCodec& codec, const AVCodecParameters& parameters, AVBufferRef* device);
    void receive();
    void give(media::Frame frame);

    DecoderOptions options_;
    Output output_;
    StreamConfigPtr config_;
    media::CodecContext codec_;
    std::uint64_t damaged_ = 0, decoded_ = 0, left_out_ = 0;
    std::string title_;
    bool in_hardware_ = false;
    bool hardware_failed_ = false;
    std::string software_reason_;
};

}  // namespace qd::decode
