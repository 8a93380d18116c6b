#pragma once
// What all threads of one server share. Filled before start(); afterwards only the atomics change.

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <vector>

#include "core/executor.hpp"
#include "http/router.hpp"
#include "http/server.hpp"

namespace qd::http {

struct ServerState {
    ServerOptions options;
    Router router;
    Route fallback;
    std::vector<std::shared_ptr<Filter>> filters;
    std::vector<std::function<void(const Completion&)>> observers;
    std::unique_ptr<core::ThreadPool> workers;
    std::atomic<std::size_t> blocking_waiting{0};  // BlockingHandlers that wait or run

    std::atomic<std::size_t> connections{0};
    std::atomic<bool> draining{false};
    std::mutex mutex;  // of `emptied` only
    std::condition_variable emptied;

    void connection_ended() {
        if (connections.fetch_sub(1) != 1) return;
        const std::lock_guard lock(mutex);
        emptied.notify_all();
    }
};

}  // namespace qd::http
