#pragma once
// What a session needs of HTTP: one-method-wide, so that tests can be the network.

#include <cstdint>
#include <functional>
#include <utility>

#include "http/client.hpp"

namespace qd::player {

/// Thread-safe. Neither send() nor cancel() calls back from within itself.
class Transport {
public:
    virtual ~Transport() = default;
    virtual http::Client::Ticket send(http::ClientRequest request, http::Client::Callback done) = 0;
    virtual void cancel(http::Client::Ticket ticket) = 0;
};

/// The client must outlive it.
class HttpTransport final : public Transport {
public:
    explicit HttpTransport(http::Client& client) : client_(client) {}
    http::Client::Ticket send(http::ClientRequest request, http::Client::Callback done) override {
        return client_.send(std::move(request), std::move(done));
    }
    void cancel(http::Client::Ticket ticket) override { client_.cancel(ticket); }

private:
    http::Client& client_;
};

}  // namespace qd::player
