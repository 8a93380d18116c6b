#include "gateway/health_checker.hpp"

namespace qd::gateway {

HealthChecker::HealthChecker(UpstreamPool& pool, http::Client& client, const HealthOptions& options)
    : pool_(pool),
      client_(client),
      options_(options),
      rhythm_(options.interval, "gw-health", [this] { check_all(); }) {}

void HealthChecker::check_all() {
    for (const Upstream& upstream : pool_.upstreams()) {
        http::ClientRequest request;
        request.url = "http://" + upstream.address + "/-/ready";
        request.connect_timeout = options_.timeout;
        request.timeout = options_.timeout;
        request.max_body_bytes = 64 << 10;
        client_.send(std::move(request), [&pool = pool_, instance = upstream.instance](const auto& response) {
            // An ending client cancels its checks: that says nothing about the upstream.
            if (!response && response.error().code == core::Errc::cancelled) return;
            pool.report_health(instance, response && response->status == 200);
        });
    }
}

}  // namespace qd::gateway
