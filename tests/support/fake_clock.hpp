#pragma once
// A clock that moves only when told. Thread-safe.

#include <mutex>

#include "core/clock.hpp"

namespace qd::test {

class FakeClock final : public core::Clock {
public:
    core::WallTime now() const override {
        const std::lock_guard lock(mutex_);
        return core::WallTime(elapsed_ + jumped_) + std::chrono::days(20'000);
    }
    core::SteadyTime steady_now() const override {
        const std::lock_guard lock(mutex_);
        return core::SteadyTime(std::chrono::hours(1)) + elapsed_;
    }
    void advance(std::chrono::milliseconds by) {
        const std::lock_guard lock(mutex_);
        elapsed_ += by;
    }
    /// Somebody sets the wall clock; the steady one knows nothing of it.
    void jump(std::chrono::milliseconds by) {
        const std::lock_guard lock(mutex_);
        jumped_ += by;
    }

private:
    mutable std::mutex mutex_;
    std::chrono::milliseconds elapsed_{0};
    std::chrono::milliseconds jumped_{0};
};

}  // namespace qd::test
