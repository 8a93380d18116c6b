#pragma once
// Timestamps of containers as seconds. Pure.

#include "core/clock.hpp"
#include "media/ff.hpp"

namespace qd::decode {

/// Timestamps are rational, positions are not: so close together is the same.
inline constexpr core::Seconds same_time{1e-4};

inline core::Seconds seconds(std::int64_t timestamp, AVRational time_base) {
    return core::Seconds(double(timestamp) * av_q2d(time_base));
}

}  // namespace qd::decode
