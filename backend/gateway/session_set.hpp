#pragma once
// How many different sessions there were, exactly, up to a limit: 64-bit hashes in one table of fixed size.

#include <atomic>
#include <cstdint>
#include <vector>

namespace qd::gateway {

/// Thread-safe, and no caller ever waits. Two of 65,536 sessions share a hash with a probability of 1e-10.
class SessionSet {
public:
    static constexpr std::size_t most = 65'536;

    enum class Added { yes, known, full };

    /// `full`: the session is not known and there is no more room; it is not counted.
    Added add(std::uint64_t hash) {
        if (hash == 0) hash = 1;  // 0 marks a free slot
        for (std::size_t at = hash;; ++at) {
            auto& slot = slots_[at & (slots_.size() - 1)];
            std::uint64_t there = slot.load(std::memory_order_relaxed);
            if (there == hash) return Added::known;
            if (there != 0) continue;
            if (size_.fetch_add(1, std::memory_order_relaxed) >= most) {
                size_.fetch_sub(1, std::memory_order_relaxed);
                return Added::full;
            }
            if (slot.compare_exchange_strong(there, hash, std::memory_order_relaxed)) return Added::yes;
            size_.fetch_sub(1, std::memory_order_relaxed);
            if (there == hash) return Added::known;
        }
    }

private:
    std::vector<std::atomic<std::uint64_t>> slots_ = std::vector<std::atomic<std::uint64_t>>(2 * most);
    std::atomic<std::size_t> size_{0};
};

}  // namespace qd::gateway
