#pragma once
// A queue between two threads whose weight is bounded, so that a fast producer waits for a slow consumer.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace qd::media {

/// Thread-safe. push() blocks while the queue weighs `capacity` or more; an item of weight 0 never waits.
template <class T>
class BoundedQueue {
public:
    explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}

    /// False once the queue is aborted: the item is dropped.
    bool push(T item, std::size_t weight) {
        std::unique_lock lock(mutex_);
        room_.wait(lock, [&] { return aborted_ || weight == 0 || weight_ < capacity_; });
        if (aborted_) return false;
        weight_ += weight;
        items_.emplace_back(std::move(item), weight);
        filled_.notify_one();
        return true;
    }

    /// Nothing once the queue is closed and empty, or aborted.
    std::optional<T> pop() {
        std::unique_lock lock(mutex_);
        filled_.wait(lock, [&] { return aborted_ || closed_ || !items_.empty(); });
        if (aborted_ || items_.empty()) return std::nullopt;
        auto [item, weight] = std::move(items_.front());
        items_.pop_front();
        weight_ -= weight;
        room_.notify_one();
        return std::move(item);
    }

    /// No more will be pushed.
    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        filled_.notify_all();
    }

    /// Drops everything; both sides return at once.
    void abort() {
        const std::lock_guard lock(mutex_);
        aborted_ = true;
        items_.clear();
        filled_.notify_all();
        room_.notify_all();
    }

private:
    const std::size_t capacity_;
    std::mutex mutex_;
    std::condition_variable room_, filled_;
    std::deque<std::pair<T, std::size_t>> items_;
    std::size_t weight_ = 0;
    bool closed_ = false;
    bool aborted_ = false;
};

}  // namespace qd::media
