#pragma once
// Keeps a copy of a collection: list, then watch from there, resumed where it broke off.

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "core/clock.hpp"
#include "core/random.hpp"
#include "kubernetes/api_client.hpp"

namespace qd::kubernetes {

struct ReflectorOptions {
    std::chrono::seconds watch_length{60};  // the server ends each watch after so long; it is resumed
    std::chrono::milliseconds first_backoff{250};
    std::chrono::milliseconds longest_backoff{30'000};
};

/// Called one after the other, on threads of the reflector and of the HTTP client. Must not block.
struct ReflectorEvents {
    std::function<void(std::vector<Object>)> on_list;  // everything that there is
    std::function<void(WatchEvent)> on_event;          // what changed since; no bookmarks
    std::function<void()> on_heard;                    // the server answered: what is known is of now
    std::function<void(core::Error)> on_lost;          // it does not; tried again by itself
};

/// One thread, which runs until the destructor has returned.
class Reflector {
public:
    Reflector(ApiClient& api, ApiCall collection, core::Random& random, ReflectorOptions options,
              ReflectorEvents events);

private:
    void run(const std::stop_token& stop);
    /// A list where that is due, and one watch.
    core::Result<> round(const std::stop_token& stop);

    ApiClient& api_;
    const ApiCall collection_;
    core::Random& random_;
    const ReflectorOptions options_;
    const ReflectorEvents events_;
    std::string resource_version_;  // after which to go on; empty: list first
    bool heard_ = false;            // in this round
    std::jthread thread_;           // last: it uses the others
};

}  // namespace qd::kubernetes
