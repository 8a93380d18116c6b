#pragma once
// Between whoever produces a stream and the connection that sends it: bounded, and open to any thread.

#include <functional>
#include <mutex>
#include <string>

#include "http/message.hpp"

namespace qd::http {

/// Thread-safe. `wake` tells the connection that there is something to take or that the end has come; it is
/// called without a lock held and at most once until take().
class StreamQueue final : public StreamWriter {
public:
    StreamQueue(bool chunked, std::function<void()> wake) : chunked_(chunked), wake_(std::move(wake)) {}

    bool write(std::string chunk) override;
    void close() override;

    struct Taken {
        std::string bytes;      // framed for the wire
        bool ended = false;     // nothing follows
        bool overflow = false;  // the client was too slow: drop it
    };
    Taken take();
    /// The client is gone: later writes return false.
    void disconnect();

private:
    void wake_once(std::unique_lock<std::mutex>& lock);

    const bool chunked_;
    std::mutex mutex_;
    std::function<void()> wake_;
    std::string waiting_;
    bool woken_ = false;
    bool ended_ = false;
    bool overflow_ = false;
    bool gone_ = false;
};

}  // namespace qd::http
