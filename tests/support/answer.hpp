#pragma once
// Waits for the answer of an asynchronous call.

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "core/result.hpp"

namespace qd::test {

template <class T>
class Answer {
public:
    std::function<void(core::Result<T>)> callback() {
        return [state = state_](core::Result<T> result) {
            const std::lock_guard lock(state->mutex);
            state->result.emplace(std::move(result));
            state->wake.notify_all();
        };
    }
    core::Result<T> get() {
        std::unique_lock lock(state_->mutex);
        if (!state_->wake.wait_for(lock, std::chrono::seconds(20),
                                   [&] { return state_->result.has_value(); }))
            return core::fail(core::Errc::timeout, "no answer within 20 s");
        return *state_->result;
    }

private:
    struct State {
        std::mutex mutex;
        std::condition_variable wake;
        std::optional<core::Result<T>> result;
    };
    std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace qd::test
