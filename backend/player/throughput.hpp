#pragma once
// Throughput estimation as hls.js does it: two exponentially weighted means whose weight is time, the lower
// one counts, and the time to first byte in a mean of its own so that it does not spoil the bandwidth
// samples. Pure.

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

#include "core/clock.hpp"

namespace qd::player {

/// A mean whose samples lose half their weight per `half_life` of later weight. Started at zero, and
/// corrected for that: estimate / (1 - 0.5^(total weight / half life)).
class Ewma {
public:
    /// `half_life` > 0, in the unit of the weights.
    explicit Ewma(double half_life);
    /// `weight` >= 0; what is not finite is ignored.
    void add(double weight, double value);
    /// 0 before any sample.
    double value() const;
    double total_weight() const { return total_weight_; }

private:
    double log2_decay_;
    double mean_ = 0;
    double total_weight_ = 0;
};

/// The rate of the last seconds of one transfer: a mean since its first byte hides that it has just dried up.
/// Not thread-safe.
class ProgressWindow {
public:
    static constexpr std::size_t max_samples = 200;

    /// So many bytes have come by `at`; in order of time. Older samples make room.
    void add(core::SteadyTime at, std::uint64_t bytes);
    /// Bits per second over the last `window`; nothing while it has not been watched for so long.
    std::optional<double> bps(core::SteadyTime now, core::Seconds window) const;

private:
    struct Sample {
        core::SteadyTime at;
        std::uint64_t bytes;
    };
    std::deque<Sample> samples_;
};

/// Not thread-safe.
class ThroughputEstimator {
public:
    static constexpr double default_bps = 500'000;
    static constexpr double fast_half_life_s = 3, slow_half_life_s = 9;
    static constexpr double fill_half_life_s = 30;  // of media
    static constexpr core::Seconds default_ttfb{0.1};
    /// Shaka drops what is smaller: such samples measure the connection's start, not its rate.
    static constexpr std::uint64_t smallest_sample_bytes = 16'000;
    /// hls.js' floor of a sample's duration: an answer out of a local cache must not count as gigabits.
    static constexpr core::Seconds shortest_sample{0.05};

    explicit ThroughputEstimator(double initial_bps = default_bps) : initial_bps_(initial_bps) {}

    /// `transfer`: from the first byte to the last. Samples that are too small are left out.
    void add_transfer(std::uint64_t bytes, core::Seconds transfer);
    void add_ttfb(core::Seconds ttfb);
    /// A whole segment of a level: its size against what the level's declared bandwidth allows it. Nonsense
    /// is left out.
    void add_segment(std::uint64_t bytes, core::Seconds media, double declared_bps);

    /// Bits per second; the initial value until there is a sample.
    double bits_per_second() const;
    core::Seconds ttfb() const;
    /// Size of segments as a part of their declared bandwidth, 0.1 .. 2: declared is the peak, and encoders
    /// that aim at a quality stay well below it. Nothing before there was a segment.
    std::optional<double> fill() const;
    double fast_bps() const { return fast_.value(); }
    double slow_bps() const { return slow_.value(); }
    bool measured() const { return fast_.total_weight() > 0; }

private:
    double initial_bps_;
    Ewma fast_{fast_half_life_s};
    Ewma slow_{slow_half_life_s};
    Ewma ttfb_{slow_half_life_s};
    Ewma fill_{fill_half_life_s};
};

}  // namespace qd::player
