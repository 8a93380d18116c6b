#include "hls/bandwidth.hpp"

#include <algorithm>
#include <cmath>

namespace qd::hls {
namespace {

std::uint64_t rate(double bits, double seconds) {
    return seconds > 0 ? std::uint64_t(std::ceil(bits / seconds)) : 0;
}

}  // namespace

Bandwidth measure_bandwidth(std::span<const SegmentSize> segments, core::Seconds target_duration) {
    Bandwidth result;
    double total_bits = 0;
    double total_s = 0;
    for (const SegmentSize& segment : segments) {
        total_bits += 8.0 * double(segment.bytes);
        total_s += segment.duration.count();
    }
    result.average = rate(total_bits, total_s);

    const double shortest = 0.5 * target_duration.count();
    const double longest = 1.5 * target_duration.count();
    for (std::size_t first = 0; first < segments.size(); ++first) {
        double bits = 0;
        double seconds = 0;
        for (std::size_t last = first; last < segments.size(); ++last) {
            bits += 8.0 * double(segments[last].bytes);
            seconds += segments[last].duration.count();
            // A run of very short segments would make this quadratic; a longer run than this is no peak
            // anyone meets.
            if (seconds > longest || last - first > 64) break;
            if (seconds >= shortest) result.peak = std::max(result.peak, rate(bits, seconds));
        }
    }
    if (result.peak == 0) result.peak = result.average;
    return result;
}

}  // namespace qd::hls
