#pragma once
// BANDWIDTH and AVERAGE-BANDWIDTH from measured segment sizes. Pure.

#include <cstdint>
#include <span>

#include "core/clock.hpp"

namespace qd::hls {

struct SegmentSize {
    std::uint64_t bytes = 0;
    core::Seconds duration{};
};

struct Bandwidth {
    std::uint64_t peak = 0;     // bit/s, rounded up
    std::uint64_t average = 0;  // bit/s, rounded up

    bool operator==(const Bandwidth&) const = default;
};

/// RFC 8216, 4.1: the segment bit rate of a run of segments is its size over its duration; the peak is the
/// largest over all contiguous runs that last between 0.5 and 1.5 target durations (over everything, when no
/// run does, as in a title shorter than half a target duration). Zero for no segments or no duration.
/// O(segments).
Bandwidth measure_bandwidth(std::span<const SegmentSize> segments, core::Seconds target_duration);

}  // namespace qd::hls
