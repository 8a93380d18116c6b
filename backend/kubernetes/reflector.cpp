#include "kubernetes/reflector.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "core/executor.hpp"

namespace qd::kubernetes {
namespace {

/// A watch that lasted so long was one, though it had nothing to tell.
constexpr std::chrono::seconds quiet_but_well{5};

}  // namespace

Reflector::Reflector(ApiClient& api, ApiCall collection, core::Random& random, ReflectorOptions options,
                     ReflectorEvents events)
    : api_(api),
      collection_(std::move(collection)),
      random_(random),
      options_(options),
      events_(std::move(events)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void Reflector::run(const std::stop_token& stop) {
    core::name_this_thread("kube-watch");
    std::mutex mutex;
    std::condition_variable_any wake;
    auto backoff = options_.first_backoff;
    while (!stop.stop_requested()) {
        heard_ = false;
        const auto began = std::chrono::steady_clock::now();
        const auto done = round(stop);
        if (stop.stop_requested()) return;
        if (!done) events_.on_lost(done.error());
        if (std::chrono::steady_clock::now() - began >= quiet_but_well) heard_ = true;
        if (heard_) backoff = options_.first_backoff;
        // Even a server that ends each watch at once is not asked in a tight loop.
        if (done && heard_) continue;
        const auto pause =
            std::chrono::duration_cast<std::chrono::milliseconds>(backoff * (0.5 + random_.uniform() / 2));
        std::unique_lock lock(mutex);
        wake.wait_for(lock, stop, pause, [] { return false; });
        backoff = std::min(backoff * 2, options_.longest_backoff);
    }
}

core::Result<> Reflector::round(const std::stop_token& stop) {
    if (resource_version_.empty()) {
        auto list = api_.list(collection_, stop);
        if (!list) return core::Failure(list.error());
        resource_version_ = list->resource_version;
        events_.on_heard();
        events_.on_list(std::move(list->items));
    }
    const auto ended = api_.watch(
        collection_, resource_version_, options_.watch_length, [this] { events_.on_heard(); },
        [this](WatchEvent event) {
            heard_ = true;
            if (!event.resource_version.empty()) resource_version_ = event.resource_version;
            events_.on_heard();
            if (event.kind != WatchKind::bookmark) events_.on_event(std::move(event));
        },
        stop);
    if (!ended) return core::Failure(ended.error());
    if (*ended == WatchEnd::gone) resource_version_.clear();
    return {};
}

}  // namespace qd::kubernetes
