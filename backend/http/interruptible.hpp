#pragma once
// Requests that somebody waits for, and that somebody else may end: for threads that must stop in time.

#include <mutex>
#include <set>

#include "http/client.hpp"

namespace qd::http {

/// Thread-safe. `client` outlives it, and every fetch() that runs.
class Interruptible {
public:
    explicit Interruptible(Client& client) : client_(client) {}

    /// Blocks until the answer; never on the client's thread. Errors of the client; Errc::cancelled once
    /// stopped.
    core::Result<ClientResponse> fetch(ClientRequest request);
    /// Ends what runs, and every later fetch().
    void stop();

private:
    Client& client_;
    std::mutex mutex_;
    std::set<Client::Ticket> running_;
    bool stopped_ = false;
};

}  // namespace qd::http
