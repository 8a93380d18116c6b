#pragma once
// How many retries the traffic has earned, so that retries never multiply an outage.

#include <algorithm>
#include <mutex>

namespace qd::gateway {

/// Each request earns `ratio` of a retry, each retry costs one; up to 10 are saved up, and there are 10 to
/// begin with. Over any run of requests: retries <= 10 + ratio x requests. Thread-safe.
class RetryBudget {
public:
    explicit RetryBudget(double ratio) : ratio_(std::clamp(ratio, 0.0, 1.0)) {}

    void earn() {
        const std::lock_guard lock(mutex_);
        saved_ = std::min(saved_ + ratio_, most_saved);
    }

    bool spend() {
        const std::lock_guard lock(mutex_);
        if (ratio_ == 0 || saved_ < 1) return false;
        saved_ -= 1;
        return true;
    }

private:
    static constexpr double most_saved = 10;

    const double ratio_;
    std::mutex mutex_;
    double saved_ = most_saved;
};

}  // namespace qd::gateway
