#pragma once
// A decoder that lives across segments and is set up again when the configuration changes. Not thread-safe.

#include <cstdint>
#include <functional>

#include "core/result.hpp"
#include "decode/segment_reader.hpp"
#include "media/ff.hpp"

namespace qd::decode {

class StreamDecoder {
public:
    /// Gets each decoded frame; its pts is in the time base of the packet that was fed last, or
    /// AV_NOPTS_VALUE.
    using Output = std::function<void(media::Frame)>;

    StreamDecoder(int threads, Output output) : threads_(threads), output_(std::move(output)) {}

    /// Errc::unprocessable when there is no decoder for it (fatal for the title). Damaged packets are
    /// counted, not errors. A new configuration drains what the old one still holds.
    core::Result<> decode(const DemuxedPacket& packet);
    /// Gives out what the decoder holds back; it can go on afterwards.
    void drain();
    /// Forgets what the decoder holds: after a seek.
    void flush();

    std::uint64_t damaged_packets() const { return damaged_; }

private:
    core::Result<> configure(const StreamConfigPtr& config);
    void receive();

    int threads_;
    Output output_;
    StreamConfigPtr config_;
    media::CodecContext codec_;
    std::uint64_t damaged_ = 0;
};

}  // namespace qd::decode
