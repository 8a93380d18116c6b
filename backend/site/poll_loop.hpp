#pragma once
// The supervisor's event loop: descriptors, timers, and tasks from other threads, all run on one thread.

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

#include "core/files.hpp"

namespace qd::site {

/// post() and quit() are thread-safe; everything else belongs to the thread that runs run().
class PollLoop {
public:
    using Task = std::function<void()>;

    PollLoop();

    /// Calls `readable` whenever `fd` is readable or at its end, until forget(fd), which must come before fd
    /// closes.
    void watch(int fd, Task readable);
    void forget(int fd);
    void after(std::chrono::milliseconds delay, Task task);
    void post(Task task);
    void quit();
    /// Runs until quit().
    void run();

private:
    void wake();
    void run_posted();
    int milliseconds_to_next_timer() const;
    void run_due_timers();

    core::UniqueFd wake_fd_;
    std::map<int, Task> watched_;
    std::multimap<std::chrono::steady_clock::time_point, Task> timers_;
    std::mutex mutex_;
    std::vector<Task> posted_;
    bool quitting_ = false;
};

}  // namespace qd::site
