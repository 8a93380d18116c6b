#pragma once
// An executor that runs tasks only when told, on the calling thread, in order of their due time.

#include <map>
#include <utility>

#include "core/executor.hpp"

namespace qd::test {

class ManualExecutor final : public core::Executor {
public:
    void post(Task task) override { post_after({}, std::move(task)); }
    void post_after(std::chrono::milliseconds delay, Task task) override {
        queue_.emplace(now_ + delay, std::move(task));
    }
    /// Runs everything due within the next `by`, what that posts included.
    void advance(std::chrono::milliseconds by) {
        const auto until = now_ + by;
        while (!queue_.empty() && queue_.begin()->first <= until) {
            now_ = std::max(now_, queue_.begin()->first);
            Task task = std::move(queue_.begin()->second);
            queue_.erase(queue_.begin());
            task();
        }
        now_ = until;
    }
    void run_ready() { advance({}); }
    std::size_t waiting() const { return queue_.size(); }

private:
    std::chrono::milliseconds now_{0};
    std::multimap<std::chrono::milliseconds, Task> queue_;
};

}  // namespace qd::test
