#include "player/shaped_link.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "player/shaped_transport.hpp"

namespace qd::player {
namespace {
double clamped(double value, double high) {
    return std::isfinite(value) ? std::clamp(value, 0.0, high) : 0;
}
}  // namespace

ShapedLink::ShapedLink(const NetworkShape& shape)
    : rate_bps_(clamped(shape.rate_bps, NetworkTrace::max_bps)),
      fixed_{core::Seconds(clamped(shape.latency.count(), NetworkTrace::max_latency_s)),
             clamped(shape.loss, 1)} {}

ShapedLink::ShapedLink(NetworkTrace trace, core::Seconds start)
    : trace_(std::make_shared<const NetworkTrace>(std::move(trace))),
      start_(std::max(start, core::Seconds(0))) {}

void ShapedLink::begin(core::SteadyTime now) {
    begun_ = served_ = now;
    credit_ = 0;
}

core::Seconds ShapedLink::trace_time(core::SteadyTime at) const {
    return start_ + core::Seconds(at - begun_);
}

double ShapedLink::bytes_between(core::SteadyTime from, core::SteadyTime to) const {
    if (to <= from) return 0;
    if (trace_) return trace_->bits(trace_time(from), trace_time(to)) / 8;
    return rate_bps_ * core::Seconds(to - from).count() / 8;
}

std::vector<std::uint64_t> ShapedLink::grant(core::SteadyTime now,
                                             const std::vector<std::uint64_t>& waiting) {
    if (unlimited() || waiting.empty()) {
        credit_ = 0;
        served_ = now;
        return waiting;
    }
    credit_ += bytes_between(served_, now);
    served_ = std::max(served_, now);
    std::vector<std::uint64_t> left = waiting, granted(waiting.size(), 0);
    for (std::size_t idle = 0; idle < left.size();) {
        const std::size_t who = turn_ % left.size();
        const std::uint64_t packet = std::min(left[who], packet_bytes);
        // Rounding must not hold a packet back for another tick.
        if (packet > 0 && double(packet) > credit_ + 1e-3) break;
        ++turn_;
        idle = packet == 0 ? idle + 1 : 0;
        credit_ -= double(packet);
        granted[who] += packet;
        left[who] -= packet;
    }
    if (std::all_of(left.begin(), left.end(), [](std::uint64_t bytes) { return bytes == 0; })) credit_ = 0;
    return granted;
}

core::SteadyTime ShapedLink::next(core::SteadyTime now, std::uint64_t bytes) const {
    const double missing = double(bytes) - credit_;
    if (unlimited() || missing <= 0) return now;
    const core::Seconds wait = trace_ ? trace_->carried(trace_time(now), missing * 8) - trace_time(now)
                                      : core::Seconds(missing * 8 / rate_bps_);
    return now + std::chrono::ceil<core::SteadyTime::duration>(std::min(wait, core::Seconds(86'400)));
}

ShapedLink::Moment ShapedLink::at(core::SteadyTime now) const {
    if (!trace_) return fixed_;
    const NetworkStep& step = trace_->at(trace_time(now));
    return {step.latency, step.loss};
}

std::optional<NetworkShape> ShapedLink::shape() const {
    if (trace_) return std::nullopt;
    return NetworkShape{rate_bps_, fixed_.latency, fixed_.loss};
}

std::optional<NetworkStep> ShapedLink::trace_step(core::SteadyTime now) const {
    if (!trace_) return std::nullopt;
    return trace_->at(trace_time(now));
}

}  // namespace qd::player
