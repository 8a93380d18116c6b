#pragma once
// Token buckets, one a client: the design's rate limits.

#include <cstdint>
#include <mutex>
#include <string>

#include "core/clock.hpp"
#include "gateway/lru.hpp"
#include "gateway/options.hpp"

namespace qd::gateway {

struct RateVerdict {
    bool allowed = true;
    std::uint64_t limit = 0;       // per hour
    std::uint64_t remaining = 0;   // requests that could be made at once now
    core::Seconds retry_after{0};  // until one more is allowed
    core::Seconds reset_after{0};  // until the bucket is full again
};

/// Pure: time comes in and never goes backwards (an earlier time counts as no time passed).
class TokenBucket {
public:
    TokenBucket(const RateClass& rate, core::SteadyTime now) : tokens_(rate.burst), filled_at_(now) {}
    RateVerdict take(const RateClass& rate, core::SteadyTime now);

private:
    double tokens_;
    core::SteadyTime filled_at_;
};

/// Buckets by client; the clients unseen for longest are forgotten beyond `most_clients`. Thread-safe.
class RateLimiter {
public:
    explicit RateLimiter(std::size_t most_clients) : buckets_(most_clients) {}
    RateVerdict take(const std::string& client, const RateClass& rate, core::SteadyTime now);

private:
    std::mutex mutex_;
    Lru<TokenBucket> buckets_;
};

}  // namespace qd::gateway
