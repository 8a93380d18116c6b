#pragma once
// A bounded queue from several threads to one.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>

namespace qd::services {

/// Thread-safe.
template <class Event>
class EventChannel {
public:
    explicit EventChannel(std::size_t capacity) : capacity_(capacity) {}

    /// Waits while the channel is full.
    void push(Event event) {
        std::unique_lock lock(mutex_);
        space_.wait(lock, [&] { return events_.size() < capacity_; });
        events_.push_back(std::move(event));
        filled_.notify_one();
    }

    /// The next one, or nothing after `limit`.
    std::optional<Event> pop(std::chrono::milliseconds limit) {
        std::unique_lock lock(mutex_);
        if (!filled_.wait_for(lock, limit, [&] { return !events_.empty(); })) return std::nullopt;
        std::optional<Event> event(std::move(events_.front()));
        events_.pop_front();
        space_.notify_one();
        return event;
    }

private:
    const std::size_t capacity_;
    std::mutex mutex_;
    std::condition_variable filled_;
    std::condition_variable space_;
    std::deque<Event> events_;
};

}  // namespace qd::services
