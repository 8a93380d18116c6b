#pragma once
// The split in force: many read it per request, one changes it.

#include <atomic>
#include <shared_mutex>

#include "gateway/admin.hpp"
#include "gateway/arm.hpp"

namespace qd::gateway {

/// Thread-safe.
class TrafficSplit {
public:
    explicit TrafficSplit(core::WallTime now) : since_(now) {}

    core::Result<> set(Split split, core::WallTime now) {
        if (auto valid = validate(split); !valid) return valid;
        const std::unique_lock lock(mutex_);
        if (split == split_) return {};  // the same again: counts go on
        split_ = std::move(split);
        since_ = now;
        stable_ = canary_ = 0;
        return {};
    }

    Split get() const {
        const std::shared_lock lock(mutex_);
        return split_;
    }

    /// The arm that a session draws; counted.
    Arm draw(std::string_view session) {
        const std::shared_lock lock(mutex_);
        const Arm arm = split_.canary_weight > 0 ? choose_arm(split_, session) : Arm::stable;
        (arm == Arm::canary ? canary_ : stable_).fetch_add(1, std::memory_order_relaxed);
        return arm;
    }

    bool under_way() const {
        const std::shared_lock lock(mutex_);
        return split_.canary_weight > 0;
    }

    SplitStatus status() const {
        const std::shared_lock lock(mutex_);
        return {split_, since_, stable_.load(), canary_.load()};
    }

private:
    mutable std::shared_mutex mutex_;
    Split split_;
    core::WallTime since_;
    std::atomic<std::uint64_t> stable_{0}, canary_{0};
};

}  // namespace qd::gateway
