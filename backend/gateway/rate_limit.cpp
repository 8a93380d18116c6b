#include "gateway/rate_limit.hpp"

#include <algorithm>

namespace qd::gateway {

RateVerdict TokenBucket::take(const RateClass& rate, core::SteadyTime now) {
    const double per_s = rate.per_hour / 3600.0;
    const double passed_s = std::max(0.0, core::Seconds(now - filled_at_).count());
    filled_at_ = std::max(filled_at_, now);
    tokens_ = std::min(rate.burst, tokens_ + passed_s * per_s);
    RateVerdict verdict;
    verdict.limit = std::uint64_t(rate.per_hour);
    // A hair's breadth of tolerance, so that a client who waits the time told is let in whatever the
    // rounding.
    verdict.allowed = tokens_ >= 1 - 1e-9;
    if (verdict.allowed) tokens_ = std::max(0.0, tokens_ - 1);
    verdict.remaining = std::uint64_t(tokens_);
    if (per_s > 0) {
        verdict.retry_after = core::Seconds(std::max(0.0, (1 - tokens_) / per_s));
        verdict.reset_after = core::Seconds((rate.burst - tokens_) / per_s);
    } else {
        verdict.retry_after = verdict.reset_after = core::Seconds(3600);
    }
    return verdict;
}

RateVerdict RateLimiter::take(const std::string& client, const RateClass& rate, core::SteadyTime now) {
    const std::lock_guard lock(mutex_);
    if (TokenBucket* bucket = buckets_.find(client)) return bucket->take(rate, now);
    TokenBucket fresh(rate, now);
    const RateVerdict verdict = fresh.take(rate, now);
    buckets_.put(client, fresh, 1);
    return verdict;
}

}  // namespace qd::gateway
