#pragma once
// Demultiplexes one media segment from memory, its initialisation section in front. A fresh demuxer for each
// segment: FFmpeg's own HLS demuxer loses the initialisation section over seeks and skips what fails.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "media/ff.hpp"

namespace qd::decode {

/// What a decoder must know. Equal configurations are the same pointer as long as one StreamConfigs made
/// them.
struct StreamConfig {
    struct FreeParameters {
        void operator()(AVCodecParameters* p) const { avcodec_parameters_free(&p); }
    };
    std::unique_ptr<AVCodecParameters, FreeParameters> parameters;

    bool same_as(const AVCodecParameters& other) const;
};
using StreamConfigPtr = std::shared_ptr<const StreamConfig>;

enum class StreamKind { video, audio };

struct DemuxedPacket {
    StreamKind kind = StreamKind::video;
    media::Packet packet;  // timestamps in time_base
    AVRational time_base{1, 1};
    StreamConfigPtr config;
    bool unplaced = false;  // the timestamps count from the segment's beginning: it does not say where it is
    bool wraps = false;     // … and are 33 bits of 1/90,000 s, as MPEG-2's are
};

/// All packets of a segment in file order, pictures with their durations; only the first video and the first
/// audio stream count. Errc::corrupt when the bytes are no media, Errc::too_large beyond 100,000 packets.
/// `previous` are configurations to share. Formats are limited to MP4, MPEG-TS, and packed AAC, AC-3, E-AC-3
/// and MP3; nothing but the given memory is read.
core::Result<std::vector<DemuxedPacket>> demux_segment(std::shared_ptr<const std::string> init,
                                                       std::shared_ptr<const std::string> data,
                                                       StreamConfigPtr& video_config,
                                                       StreamConfigPtr& audio_config);

}  // namespace qd::decode
