#pragma once
// Answers a write once per Idempotency-Key, however often it is sent, also across a restart.

#include <functional>
#include <mutex>
#include <set>
#include <string>

#include "core/clock.hpp"
#include "http/message.hpp"
#include "opsd/state_file.hpp"

namespace qd::opsd {

/// Thread-safe.
class IdempotencyStore {
public:
    IdempotencyStore(StateFile& file, const core::Clock& clock) : file_(file), clock_(clock) {}

    /// Runs `handle` for the first request with this key of this actor, method and path, and answers later
    /// ones the same. Without a key it always runs. Errc::unprocessable when the body is another,
    /// Errc::conflict while the first still runs, Errc::invalid_argument for a key of more than 200 bytes.
    core::Result<http::Response> once(const http::Request& request, const std::string& actor,
                                      const std::function<core::Result<http::Response>()>& handle);

private:
    StateFile& file_;
    const core::Clock& clock_;
    std::mutex mutex_;
    std::set<std::string> running_;
};

}  // namespace qd::opsd
