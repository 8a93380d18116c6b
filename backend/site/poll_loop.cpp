#include "site/poll_loop.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>

namespace qd::site {
namespace chr = std::chrono;

PollLoop::PollLoop() : wake_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!wake_fd_) throw std::runtime_error("no descriptor for the event loop");
}

void PollLoop::watch(int fd, Task readable) {
    watched_[fd] = std::move(readable);
}

void PollLoop::forget(int fd) {
    watched_.erase(fd);
}

void PollLoop::after(chr::milliseconds delay, Task task) {
    timers_.emplace(chr::steady_clock::now() + delay, std::move(task));
}

void PollLoop::post(Task task) {
    {
        const std::lock_guard lock(mutex_);
        posted_.push_back(std::move(task));
    }
    wake();
}

void PollLoop::quit() {
    post([this] { quitting_ = true; });
}

void PollLoop::wake() {
    const std::uint64_t one = 1;
    if (::write(wake_fd_.get(), &one, sizeof one) < 0) return;  // full: a wake-up is pending anyway
}

void PollLoop::run_posted() {
    std::uint64_t count = 0;
    if (::read(wake_fd_.get(), &count, sizeof count) < 0) return;
    std::vector<Task> tasks;
    {
        const std::lock_guard lock(mutex_);
        tasks.swap(posted_);
    }
    for (const Task& task : tasks) task();
}

int PollLoop::milliseconds_to_next_timer() const {
    if (timers_.empty()) return -1;
    const auto left = chr::ceil<chr::milliseconds>(timers_.begin()->first - chr::steady_clock::now());
    return int(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

void PollLoop::run_due_timers() {
    while (!timers_.empty() && timers_.begin()->first <= chr::steady_clock::now()) {
        const Task task = std::move(timers_.begin()->second);
        timers_.erase(timers_.begin());
        task();
    }
}

void PollLoop::run() {
    while (!quitting_) {
        std::vector<pollfd> polled{{wake_fd_.get(), POLLIN, 0}};
        for (const auto& [fd, task] : watched_) polled.push_back({fd, POLLIN, 0});
        ::poll(polled.data(), polled.size(), milliseconds_to_next_timer());
        if (polled.front().revents != 0) run_posted();
        for (std::size_t i = 1; i < polled.size() && !quitting_; ++i) {
            if (polled[i].revents == 0) continue;
            // An earlier task may have forgotten this one.
            const auto at = watched_.find(polled[i].fd);
            if (at == watched_.end()) continue;
            const Task task = at->second;
            task();
        }
        run_due_timers();
    }
}

}  // namespace qd::site
