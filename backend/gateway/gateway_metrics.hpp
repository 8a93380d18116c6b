#pragma once
// The gateway's own metrics (wire: gateway_*, edge_*), looked up once per label set. Thread-safe.

#include <array>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <tuple>

#include "gateway/arm.hpp"
#include "gateway/edge_cache.hpp"
#include "gateway/pool.hpp"
#include "http/server.hpp"
#include "telemetry/metrics.hpp"

namespace qd::gateway {

class GatewayMetrics {
public:
    explicit GatewayMetrics(telemetry::Metrics& metrics);

    /// What a client got: gateway_responses_total and gateway_request_duration_seconds (until the answer was
    /// handed over: how fast a client reads is not ours). A client that left before the answer counts as 499.
    void responded(Arm arm, const http::Completion& completion);
    void attempted(Arm arm, const std::string& upstream, Outcome outcome);
    void cached(CacheResult result);

private:
    struct Responses {
        telemetry::Counter* count;
        telemetry::Histogram* duration;
    };
    Responses responses(Arm arm, std::string_view route, unsigned code);

    telemetry::Metrics& metrics_;
    std::array<telemetry::Counter*, 4> cache_{};
    std::shared_mutex mutex_;
    // Route names live as long as the server: their address tells them apart.
    std::map<std::tuple<Arm, const char*, unsigned>, Responses> responses_;
    std::map<std::tuple<Arm, std::string, Outcome>, telemetry::Counter*> attempts_;
};

}  // namespace qd::gateway
