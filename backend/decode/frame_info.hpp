#pragma once
// What is known of a decoded frame beyond its pixels: for the inspector. Values only.

#include <cstdint>
#include <optional>
#include <string>

#include "core/clock.hpp"

namespace qd::decode {

struct FrameInfo {
    char picture_type = '?';          // I, P, B, S, ... as the decoder says
    bool key = false;                 // decoding may begin here
    std::optional<double> qp;         // mean over the blocks; H.264 and VP9 only, others do not export it
    std::int64_t pts = 0;             // as the container says, in its time base
    std::optional<std::int64_t> dts;  // likewise; nothing where the container has none
    int time_base_num = 0, time_base_den = 1;
    core::Seconds at{};  // position in the presentation
    core::Seconds duration{};
    int level = -1;              // index into PresentationInfo::levels
    std::uint64_t sequence = 0;  // of the segment it came in
    std::string codec;           // "H.264 High"
    std::string pixel_format;    // FFmpeg's name: "yuv420p"
    int width = 0, height = 0;   // as coded
    std::uint64_t packet_bytes = 0;
    std::optional<std::uint32_t> frame_number;  // from the title's frame code, when that is asked for
};

}  // namespace qd::decode
