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

void ProgressWindow::add(core::SteadyTime at, std::uint64_t bytes) {
    if (!samples_.empty() && (at < samples_.back().at || bytes < samples_.back().bytes)) samples_.clear();
    samples_.push_back({at, bytes});
    if (samples_.size() > max_samples) samples_.pop_front();
}

std::optional<double> ProgressWindow::bps(core::SteadyTime now, core::Seconds window) const {
    const Sample* from = nullptr;  // the last one that is old enough
    for (const Sample& sample : samples_) {
        if (core::Seconds(now - sample.at) < window) break;
        from = &sample;
    }
    if (from == nullptr || now <= from->at) return std::nullopt;
    return 8 * double(samples_.back().bytes - from->bytes) / core::Seconds(now - from->at).count();
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

void ThroughputEstimator::add_segment(std::uint64_t bytes, core::Seconds media, double declared_bps) {
    const double allowed = declared_bps * media.count();
    if (bytes > 0 && allowed > 0) fill_.add(media.count(), 8 * double(bytes) / allowed);
}

std::optional<double> ThroughputEstimator::fill() const {
    if (!(fill_.total_weight() > 0)) return std::nullopt;
    return std::clamp(fill_.value(), 0.1, 2.0);
}

double ThroughputEstimator::bits_per_second() const {
    return measured() ? std::min(fast_.value(), slow_.value()) : initial_bps_;
}

core::Seconds ThroughputEstimator::ttfb() const {
    return ttfb_.total_weight() > 0 ? core::Seconds(ttfb_.value()) : default_ttfb;
}

}  // namespace qd::player
