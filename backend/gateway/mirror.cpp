#include "gateway/mirror.hpp"

namespace qd::gateway {
namespace {

telemetry::Counter& counter(telemetry::Metrics& metrics, Outcome outcome) {
    return metrics.counter("gateway_mirrored_total",
                           "Copies of requests for the canary by what became of them.",
                           {{"outcome", std::string(to_string(outcome))}});
}

}  // namespace

Mirror::Mirror(UpstreamPool& pool, telemetry::Metrics& metrics, const core::Clock& clock,
               const Options& options)
    : pool_(pool),
      clock_(clock),
      options_(options),
      success_(counter(metrics, Outcome::success)),
      error_status_(counter(metrics, Outcome::error_status)),
      timeout_(counter(metrics, Outcome::timeout)),
      unreachable_(counter(metrics, Outcome::unreachable)),
      dropped_(metrics.counter("gateway_mirrored_total",
                               "Copies of requests for the canary by what became of them.",
                               {{"outcome", "dropped"}})),
      client_(std::make_unique<http::Client>(
          http::Client::Options{.max_connections_per_host = options.mirror.connections,
                                .max_connections = options.mirror.connections})) {}

void Mirror::stop() {
    client_.reset();
}

bool Mirror::send(const http::Request& request, const std::string& session) {
    if (under_way_.fetch_add(1) >= options_.mirror.most_under_way) {
        --under_way_;
        dropped_.Increment();
        return false;
    }
    const auto upstream = pool_.pick(Arm::canary, clock_.steady_now());
    if (!upstream) {
        --under_way_;
        dropped_.Increment();
        return false;
    }
    auto copy = to_upstream(request, upstream->address, session, Purpose::mirror);
    copy.connect_timeout = options_.connect_timeout;
    copy.timeout = options_.mirror.timeout;
    copy.on_data = [](std::string_view) { return true; };
    client_->send(std::move(copy), [this, instance = upstream->instance](auto response) {
        --under_way_;
        finish(instance, response);
    });
    return true;
}

void Mirror::finish(const std::string& instance, const core::Result<http::ClientResponse>& response) {
    Outcome outcome = Outcome::success;
    if (!response) {
        if (response.error().code == core::Errc::cancelled) return;
        outcome = response.error().code == core::Errc::timeout ? Outcome::timeout : Outcome::unreachable;
    } else if (response->status == 502 || response->status == 503 || response->status == 504) {
        outcome = Outcome::error_status;
    }
    pool_.report(instance, outcome, clock_.steady_now());
    if (outcome == Outcome::success && response->status >= 500) outcome = Outcome::error_status;
    switch (outcome) {
        case Outcome::success:
            return success_.Increment();
        case Outcome::error_status:
            return error_status_.Increment();
        case Outcome::timeout:
            return timeout_.Increment();
        case Outcome::unreachable:
            return unreachable_.Increment();
    }
}

}  // namespace qd::gateway
