#pragma once
// A decoded picture with its place in the presentation and on the clock.

#include <cstdint>
#include <optional>
#include <string>

#include "core/clock.hpp"
#include "decode/frame_info.hpp"
#include "media/ff.hpp"

namespace qd::decode {

struct DecodedPicture {
    media::Frame frame;
    core::Seconds at{};  // position in the presentation
    core::Seconds duration{};
    core::Seconds due{};  // on the media clock, which goes on where a loop begins again
    int level = -1;
    double level_bps = 0;
    std::uint64_t sequence = 0;  // of the segment
    std::uint64_t lap = 0;       // of the loop
    AVRational time_base{1, 1};  // of the timestamps
    std::optional<std::int64_t> dts;
    std::optional<double> qp;
    std::string codec;

    core::Seconds end() const { return at + duration; }
    core::Seconds due_end() const { return due + duration; }
    /// Of its pixels.
    std::uint64_t bytes() const;
};

FrameInfo describe(const DecodedPicture& picture);

/// The mean quantiser of a frame that carries them (see DecoderOptions::export_qp); takes that data off it.
std::optional<double> take_mean_qp(AVFrame& frame);

}  // namespace qd::decode
