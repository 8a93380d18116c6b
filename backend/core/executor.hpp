#pragma once
// Where work runs. Components take an Executor&; programs own a ThreadPool, tests a ManualExecutor.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace qd::core {

/// Thread-safe. Tasks must not throw.
class Executor {
public:
    using Task = std::function<void()>;

    virtual ~Executor() = default;
    virtual void post(Task task) = 0;
    virtual void post_after(std::chrono::milliseconds delay, Task task) = 0;
};

/// `threads` threads, named `name` in the debugger and in /proc. stop() drops what has not begun and waits
/// for what has; the destructor stops.
class ThreadPool final : public Executor {
public:
    ThreadPool(unsigned threads, std::string name);
    ~ThreadPool() override;

    void post(Task task) override;
    void post_after(std::chrono::milliseconds delay, Task task) override;
    void stop();

private:
    void run(const std::string& name);

    std::mutex mutex_;
    std::condition_variable wake_;
    std::multimap<std::chrono::steady_clock::time_point, Task> queue_;  // equal times keep their order
    std::vector<std::thread> threads_;
    bool stopping_ = false;
};

/// Runs a task every `period` on its own thread until destroyed; a late run is not made up for.
class Periodic {
public:
    Periodic(std::chrono::milliseconds period, std::string name, std::function<void()> task);
    ~Periodic();
    Periodic(const Periodic&) = delete;
    Periodic& operator=(const Periodic&) = delete;

private:
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::thread thread_;
};

/// Names the calling thread (15 characters are kept).
void name_this_thread(const std::string& name);

}  // namespace qd::core
