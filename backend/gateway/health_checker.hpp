#pragma once
// Asks each upstream's /-/ready over and over and tells the pool.

#include <memory>

#include "core/executor.hpp"
#include "gateway/pool.hpp"
#include "http/client.hpp"

namespace qd::gateway {

/// One thread, "gw-health", that only starts checks; their answers come on the client's. The destructor ends
/// the thread; the pool and the client outlive the checker's last answer.
class HealthChecker {
public:
    HealthChecker(UpstreamPool& pool, http::Client& client, const HealthOptions& options);
    /// Now, besides the usual rhythm.
    void check_all();

private:
    UpstreamPool& pool_;
    http::Client& client_;
    const HealthOptions options_;
    core::Periodic rhythm_;
};

}  // namespace qd::gateway
