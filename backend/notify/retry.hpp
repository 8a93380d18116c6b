#pragma once
// How long to wait before the next attempt: exponential with jitter, so that what failed together does not
// come back together.

#include <algorithm>
#include <chrono>

#include "core/random.hpp"

namespace qd::notify {

inline constexpr std::chrono::milliseconds first_retry{1'000};
inline constexpr std::chrono::milliseconds longest_retry{60'000};

/// After `failures` failures on end (from 1): 1 s, doubling to 60 s, of which a random part between a half
/// and the whole is waited.
inline std::chrono::milliseconds retry_delay(unsigned failures, core::Random& random) {
    const unsigned doublings = std::min(failures > 0 ? failures - 1 : 0u, 16u);
    const auto whole = std::min(first_retry * (1 << doublings), longest_retry);
    return std::chrono::milliseconds(std::int64_t(double(whole.count()) * (0.5 + 0.5 * random.uniform())));
}

}  // namespace qd::notify
