#include "player/throughput.hpp"

#include <algorithm>
#include <cmath>

namespace qd::player {

Ewma::Ewma(double half_life) : log2_decay_(1 / half_life) {}

void Ewma::add(double weight, double value) {
    if (!std::isfinite(weight) || !std::isfinite(value) || weight < 0) return;
    const double keep = std::exp2(-weight * log2_decay_);
    mean_ = value * (1 - keep) + mean_ * keep;
    total_weight_ += weight;
}

double Ewma::value() const {
    const double filled = 1 - std::exp2(-total_weight_ * log2_decay_);
    return filled > 0 ? mean_ / filled : 0;
}

void ThroughputEstimator::add_transfer(std::uint64_t bytes, core::Seconds transfer) {
    if (bytes < smallest_sample_bytes) return;
    const double seconds = std::max(transfer, shortest_sample).count();
    const double bps = 8 * double(bytes) / seconds;
    fast_.add(seconds, bps);
    slow_.add(seconds, bps);
}

void ThroughputEstimator::add_ttfb(core::Seconds ttfb) {
    // hls.js' weight: what answers at once says more about the path than an outlier of seconds.
    const double seconds = std::max(ttfb.count(), 0.005);
    ttfb_.add(std::sqrt(2) * std::exp(-seconds * seconds / 2), seconds);
}

double ThroughputEstimator::bits_per_second() const {
    return measured() ? std::min(fast_.value(), slow_.value()) : initial_bps_;
}

core::Seconds ThroughputEstimator::ttfb() const {
    return ttfb_.total_weight() > 0 ? core::Seconds(ttfb_.value()) : default_ttfb;
}

}  // namespace qd::player
