#include "http/interruptible.hpp"

#include <condition_variable>
#include <optional>

namespace qd::http {

core::Result<ClientResponse> Interruptible::fetch(ClientRequest request) {
    struct Waiting {
        std::mutex mutex;
        std::condition_variable done;
        std::optional<core::Result<ClientResponse>> response;
    };
    const auto waiting = std::make_shared<Waiting>();
    Client::Ticket ticket = 0;
    {
        const std::lock_guard lock(mutex_);
        if (stopped_) return core::fail(core::Errc::cancelled, "stopped");
        ticket = client_.send(std::move(request), [waiting](core::Result<ClientResponse> response) {
            const std::lock_guard answered(waiting->mutex);
            waiting->response.emplace(std::move(response));
            waiting->done.notify_all();
        });
        running_.insert(ticket);
    }
    {
        std::unique_lock lock(waiting->mutex);
        waiting->done.wait(lock, [&] { return waiting->response.has_value(); });
    }
    const std::lock_guard lock(mutex_);
    running_.erase(ticket);
    return std::move(*waiting->response);
}

void Interruptible::stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    for (const Client::Ticket ticket : running_) client_.cancel(ticket);
}

}  // namespace qd::http
