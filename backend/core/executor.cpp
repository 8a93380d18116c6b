#include "core/executor.hpp"

#include <pthread.h>

#include <utility>

namespace qd::core {
namespace chr = std::chrono;

void name_this_thread(const std::string& name) {
    pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
}

ThreadPool::ThreadPool(unsigned threads, std::string name) {
    for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this, name] { run(name); });
}

ThreadPool::~ThreadPool() {
    stop();
}

void ThreadPool::post(Task task) {
    post_after({}, std::move(task));
}

void ThreadPool::post_after(chr::milliseconds delay, Task task) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return;
        queue_.emplace(chr::steady_clock::now() + delay, std::move(task));
    }
    wake_.notify_one();
}

void ThreadPool::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_)
        if (thread.joinable()) thread.join();
    // Tasks are destroyed outside the lock: what they hold may post again.
    decltype(queue_) dropped;
    {
        const std::lock_guard lock(mutex_);
        dropped.swap(queue_);
    }
}

void ThreadPool::run(const std::string& name) {
    name_this_thread(name);
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (queue_.empty()) {
            wake_.wait(lock);
            continue;
        }
        const auto due = queue_.begin()->first;
        if (due > chr::steady_clock::now()) {
            wake_.wait_until(lock, due);
            continue;
        }
        Task task = std::move(queue_.begin()->second);
        queue_.erase(queue_.begin());
        const bool more = !queue_.empty();
        lock.unlock();
        if (more) wake_.notify_one();
        task();
        task = nullptr;
        lock.lock();
    }
}

Periodic::Periodic(chr::milliseconds period, std::string name, std::function<void()> task)
    : thread_([this, period, name = std::move(name), task = std::move(task)] {
          name_this_thread(name);
          auto due = chr::steady_clock::now() + period;
          std::unique_lock lock(mutex_);
          while (!wake_.wait_until(lock, due, [this] { return stopping_; })) {
              lock.unlock();
              task();
              lock.lock();
              due = std::max(due + period, chr::steady_clock::now());
          }
      }) {}

Periodic::~Periodic() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
}

}  // namespace qd::core
