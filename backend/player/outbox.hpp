#pragma once
// Calls out of an object with a mutex, made without that mutex, one at a time and in the order they were
// decided.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace qd::player {

/// The mutex is the owner's. Whoever has added calls drain() after unlocking; if another thread is draining
/// already, it makes these calls too.
class Outbox {
public:
    using Call = std::function<void()>;

    /// With the mutex held. Calls to the outside's observer can be dropped later, others (sends, cancels) are
    /// made.
    void add(Call call) { calls_.push_back({false, std::move(call)}); }
    void add_for_observer(Call call) { calls_.push_back({true, std::move(call)}); }

    /// Without the mutex.
    void drain(std::mutex& mutex) {
        std::unique_lock lock(mutex);
        if (draining_) return;
        draining_ = true;
        drainer_ = std::this_thread::get_id();
        while (!calls_.empty()) {
            Call call = std::move(calls_.front().call);
            calls_.pop_front();
            lock.unlock();
            call();
            call = nullptr;
            lock.lock();
        }
        draining_ = false;
        idle_.notify_all();
    }

    /// With the mutex held by `lock`: no call to the observer is pending or running afterwards, unless this
    /// very thread is inside one.
    void silence_observer(std::unique_lock<std::mutex>& lock) {
        std::erase_if(calls_, [](const Entry& entry) { return entry.for_observer; });
        idle_.wait(lock, [this] { return !draining_ || drainer_ == std::this_thread::get_id(); });
    }

private:
    struct Entry {
        bool for_observer;
        Call call;
    };
    std::deque<Entry> calls_;
    bool draining_ = false;
    std::thread::id drainer_;
    std::condition_variable idle_;
};

}  // namespace qd::player
