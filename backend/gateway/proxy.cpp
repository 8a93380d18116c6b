#include "gateway/proxy.hpp"

#include <optional>

namespace qd::gateway {
namespace {

using core::Errc;

/// Nothing when it says nothing about the upstream: a target that no URL can hold, a spooled body that cannot
/// be read, an answer over our limit, our own end.
std::optional<Outcome> outcome_of(const core::Result<http::ClientResponse>& response) {
    if (!response) {
        if (response.error().code == Errc::timeout) return Outcome::timeout;
        if (response.error().code == Errc::unavailable) return Outcome::unreachable;
        return std::nullopt;
    }
    const bool trouble = response->status == 502 || response->status == 503 || response->status == 504;
    return trouble ? Outcome::error_status : Outcome::success;
}

http::Response problem_of(const core::Error& error, const std::string& request_id) {
    switch (error.code) {
        case Errc::timeout:
            return http::problem(504, "the upstream did not answer in time", request_id);
        case Errc::cancelled:
            return http::problem(503, "the gateway is stopping", request_id);
        case Errc::invalid_argument:
            return http::problem(400, "the target cannot be passed on", request_id);
        case Errc::too_large:
            return http::problem(502, "the upstream's answer is too large to pass on", request_id);
        default:
            return http::problem(502, "the upstream could not be reached", request_id);
    }
}

}  // namespace

struct Proxy::Attempt {
    Errand errand;
    Done done;
    Upstream upstream;
    unsigned number = 0;
};

Proxy::Proxy(http::Client& client, UpstreamPool& pool, GatewayMetrics& metrics, const core::Clock& clock,
             const Options& options)
    : client_(client),
      pool_(pool),
      metrics_(metrics),
      clock_(clock),
      options_(options),
      budget_(options.retry_budget) {}

void Proxy::send(Errand errand, Done done) {
    budget_.earn();
    try_once(std::make_shared<Attempt>(Attempt{std::move(errand), std::move(done), {}, 0}));
}

void Proxy::try_once(std::shared_ptr<Attempt> attempt) {
    const Errand& errand = attempt->errand;
    auto upstream = pool_.pick(errand.arm, clock_.steady_now(), attempt->upstream.instance, errand.sticky);
    if (!upstream) {
        http::Response response = http::problem(
            503, fmt::format("no upstream of the {} arm is fit to answer", to_string(errand.arm)),
            errand.request->request_id);
        response.headers.add("Retry-After", "1");
        response.headers.add("X-Attempts", std::to_string(attempt->number));
        return attempt->done(std::move(response));
    }
    attempt->upstream = std::move(*upstream);
    ++attempt->number;
    auto request = to_upstream(*errand.request, attempt->upstream.address, errand.session, errand.purpose);
    if (!errand.etag.empty()) request.headers.add("If-None-Match", errand.etag);
    for (const auto& [name, value] : errand.headers) request.headers.set(name, value);
    request.connect_timeout = options_.connect_timeout;
    request.timeout = errand.timeout;
    request.max_body_bytes = options_.response_limit_bytes;
    client_.send(std::move(request),
                 [this, attempt](auto response) { finish(attempt, std::move(response)); });
}

bool Proxy::may_retry(const Attempt& attempt, Outcome outcome) {
    return outcome != Outcome::success && outcome != Outcome::timeout && attempt.number == 1 &&
           is_idempotent(attempt.errand.request->method) && budget_.spend();
}

void Proxy::finish(const std::shared_ptr<Attempt>& attempt, core::Result<http::ClientResponse> response) {
    if (const auto outcome = outcome_of(response)) {
        pool_.report(attempt->upstream.instance, *outcome, clock_.steady_now());
        metrics_.attempted(attempt->errand.arm, attempt->upstream.instance, *outcome);
        // A retry needs an upstream that is fit; without one, what came is better than a refusal of our own.
        if (may_retry(*attempt, *outcome) && pool_.has_healthy(attempt->errand.arm)) return try_once(attempt);
    }
    http::Response answer = response ? from_upstream(std::move(*response))
                                     : problem_of(response.error(), attempt->errand.request->request_id);
    answer.headers.add("X-Attempts", std::to_string(attempt->number));
    attempt->done(std::move(answer));
}

}  // namespace qd::gateway
