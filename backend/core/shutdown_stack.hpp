#pragma once
// What a composition has started, ended in the opposite order, each step once.

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace qd::core {

/// Not thread-safe: one owner starts and stops.
class ShutdownStack {
public:
    ShutdownStack() = default;
    ~ShutdownStack() { run(); }
    ShutdownStack(const ShutdownStack&) = delete;
    ShutdownStack& operator=(const ShutdownStack&) = delete;

    void push(std::string name, std::function<void()> step) {
        steps_.emplace_back(std::move(name), std::move(step));
    }

    void run() {
        while (!steps_.empty()) {
            const auto step = std::move(steps_.back());
            steps_.pop_back();
            step.second();
        }
    }

private:
    std::vector<std::pair<std::string, std::function<void()>>> steps_;
};

}  // namespace qd::core
