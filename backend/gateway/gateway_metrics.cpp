#include "gateway/gateway_metrics.hpp"

#include "core/clock.hpp"

namespace qd::gateway {
namespace {

constexpr unsigned client_left = 499;

std::string label_of(CacheResult result) {
    std::string text(to_string(result));
    for (char& c : text) c = char(c - 'A' + 'a');
    return text;
}

}  // namespace

GatewayMetrics::GatewayMetrics(telemetry::Metrics& metrics) : metrics_(metrics) {
    for (const CacheResult result : cache_results)
        cache_[std::size_t(result)] =
            &metrics.counter("edge_requests_total", "Requests for media by what the edge cache had.",
                             {{"result", label_of(result)}});
}

GatewayMetrics::Responses GatewayMetrics::responses(Arm arm, std::string_view route, unsigned code) {
    const std::tuple key(arm, route.data(), code);
    {
        const std::shared_lock lock(mutex_);
        if (const auto at = responses_.find(key); at != responses_.end()) return at->second;
    }
    telemetry::Labels labels{{"arm", std::string(to_string(arm))}, {"route", std::string(route)}};
    auto& duration = metrics_.histogram("gateway_request_duration_seconds",
                                        "From a request's head to its answer handed over, in seconds.",
                                        telemetry::latency_buckets(), labels);
    labels["code"] = std::to_string(code);
    auto& count = metrics_.counter("gateway_responses_total", "What clients got.", labels);
    const std::unique_lock lock(mutex_);
    return responses_.emplace(key, Responses{&count, &duration}).first->second;
}

void GatewayMetrics::responded(Arm arm, const http::Completion& completion) {
    const Responses found =
        responses(arm, completion.route, completion.status == 0 ? client_left : completion.status);
    found.count->Increment();
    if (completion.status != 0) found.duration->Observe(core::Seconds(completion.to_first_byte).count());
}

void GatewayMetrics::attempted(Arm arm, const std::string& upstream, Outcome outcome) {
    const std::tuple key(arm, upstream, outcome);
    {
        const std::shared_lock lock(mutex_);
        if (const auto at = attempts_.find(key); at != attempts_.end()) return at->second->Increment();
    }
    auto& count = metrics_.counter("gateway_attempts_total", "Requests sent to upstreams, retries included.",
                                   {{"arm", std::string(to_string(arm))},
                                    {"upstream", upstream},
                                    {"outcome", std::string(to_string(outcome))}});
    count.Increment();
    const std::unique_lock lock(mutex_);
    attempts_.emplace(key, &count);
}

void GatewayMetrics::cached(CacheResult result) {
    cache_[std::size_t(result)]->Increment();
}

}  // namespace qd::gateway
