#pragma once
// Copies of requests for the canary, which nobody waits for.

#include <atomic>
#include <memory>
#include <string>

#include "gateway/forwarding.hpp"
#include "gateway/options.hpp"
#include "gateway/pool.hpp"
#include "http/client.hpp"
#include "telemetry/metrics.hpp"

namespace qd::gateway {

/// Thread-safe. Cannot slow or alter what clients get: its own connections on its own thread, a bound on what
/// is under way beyond which copies are dropped, answers thrown away as they come. What becomes of copies is
/// counted in gateway_mirrored_total{outcome} alone; the pool hears of it, since it tells how the upstream
/// is.
class Mirror {
public:
    Mirror(UpstreamPool& pool, telemetry::Metrics& metrics, const core::Clock& clock, const Options& options);

    /// Sends a copy marked with X-Quarterdeck-Mirror, so that an origin counts no view twice; false when it
    /// was dropped, for want of room or of an upstream that is fit.
    bool send(const http::Request& request, const std::string& session);
    /// Ends what is under way.
    void stop();

private:
    void finish(const std::string& instance, const core::Result<http::ClientResponse>& response);

    UpstreamPool& pool_;
    const core::Clock& clock_;
    const Options& options_;
    telemetry::Counter &success_, &error_status_, &timeout_, &unreachable_, &dropped_;
    std::atomic<unsigned> under_way_{0};
    std::unique_ptr<http::Client> client_;
};

}  // namespace qd::gateway
