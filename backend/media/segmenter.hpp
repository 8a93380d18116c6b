#pragma once
// Encoded packets become fragmented MP4: one init segment, then media segments (one fragment each) that begin
// with an IDR picture, with the sound of the same time beside the picture.

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "media/ff.hpp"
#include "media/pacer.hpp"

namespace qd::media {

/// Not thread-safe. Media times are kept: tfdt of every fragment is the decode time since the title's
/// beginning, and presentation times equal those given (negative composition offsets, no edit list), so that
/// each segment can be decoded on its own after the init segment and sits where it belongs.
class Segmenter {
public:
    struct Segment {
        std::string bytes;
        core::Seconds duration{};
    };
    using OnInit = std::function<core::Result<>(const std::string& bytes)>;
    using OnSegment = std::function<core::Result<>(Segment)>;

    /// An opened encoder with global headers and time base 1/90,000; the sound's parameters may be null, its
    /// time base is 1/rate. `segment`: as the Pacer's.
    static core::Result<std::unique_ptr<Segmenter>> open(const AVCodecContext& video,
                                                         const AVCodecParameters* audio, Ticks segment,
                                                         OnInit on_init, OnSegment on_segment);

    /// In the encoder's order. The first key packet from each multiple of `segment` on begins a segment.
    core::Result<> video(Packet packet);
    /// In order of time; those before 0 (the encoder's priming) are dropped. All sound up to an IDR picture's
    /// time must be there before that picture's packet.
    core::Result<> audio(const AVPacket& packet);
    /// The title ends at `end`.
    core::Result<> finish(Ticks end);

private:
    explicit Segmenter(Ticks segment) : segments_(segment) {}
    core::Result<> cut(Ticks until);
    core::Result<> write(AVPacket& packet, int stream, AVRational base);
    core::Result<> begin_fragment();
    std::string take_bytes();

    struct FreeMuxer {
        void operator()(AVFormatContext* format) const;
    };
    std::unique_ptr<AVFormatContext, FreeMuxer> format_;
    AVRational audio_base_{1, 48'000};
    OnInit on_init_;  // with ftyp and moov, before the first segment
    OnSegment on_segment_;
    std::string init_;
    Packet held_;  // the last picture's: its duration is known when the next one comes
    std::vector<Packet> pictures_;
    std::deque<Packet> sounds_;
    Grid segments_;
    Ticks segment_start_ = 0;
    Ticks first_decode_ = 0;  // <= 0
};

}  // namespace qd::media
