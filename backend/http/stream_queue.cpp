#include "http/stream_queue.hpp"

#include <fmt/format.h>

#include <iterator>
#include <utility>

namespace qd::http {
namespace {

constexpr std::size_t most_waiting_bytes = 1 << 20;

}  // namespace

bool StreamQueue::write(std::string chunk) {
    std::unique_lock lock(mutex_);
    if (gone_ || ended_ || overflow_) return false;
    if (chunk.empty()) return true;  // an empty chunk would end the stream
    if (waiting_.size() + chunk.size() > most_waiting_bytes) {
        overflow_ = true;
        wake_once(lock);
        return false;
    }
    if (chunked_) {
        fmt::format_to(std::back_inserter(waiting_), "{:x}\r\n", chunk.size());
        waiting_ += chunk;
        waiting_ += "\r\n";
    } else {
        waiting_ += chunk;
    }
    wake_once(lock);
    return true;
}

void StreamQueue::close() {
    std::unique_lock lock(mutex_);
    if (gone_ || ended_ || overflow_) return;
    ended_ = true;
    if (chunked_) waiting_ += "0\r\n\r\n";
    wake_once(lock);
}

StreamQueue::Taken StreamQueue::take() {
    const std::lock_guard lock(mutex_);
    woken_ = false;
    return {std::exchange(waiting_, {}), ended_, overflow_};
}

void StreamQueue::disconnect() {
    std::function<void()> dropped;  // declared first: it may hold the connection, and goes after the lock
    const std::lock_guard lock(mutex_);
    gone_ = true;
    dropped.swap(wake_);
    waiting_.clear();
}

void StreamQueue::wake_once(std::unique_lock<std::mutex>& lock) {
    if (woken_ || !wake_) return;
    woken_ = true;
    const auto wake = wake_;
    lock.unlock();
    wake();
}

}  // namespace qd::http
