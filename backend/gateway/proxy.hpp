#pragma once
// Sends requests to an arm's upstreams: one try, and one more inside the arm when that may help.

#include <functional>
#include <memory>
#include <string>

#include "gateway/forwarding.hpp"
#include "gateway/gateway_metrics.hpp"
#include "gateway/options.hpp"
#include "gateway/pool.hpp"
#include "gateway/retry_budget.hpp"
#include "http/client.hpp"

namespace qd::gateway {

struct Errand {
    std::shared_ptr<const http::Request> request;
    Arm arm = Arm::stable;
    std::string session;
    Purpose purpose = Purpose::pass_on;
    std::string etag;  // to fill the cache: what it has
    std::chrono::milliseconds timeout{15'000};
    std::string sticky{};     // requests of the same text go to the same upstream while it is fit
    http::Headers headers{};  // ours, on top
};

/// Thread-safe. Answers come on the client's thread, or at once on the caller's when no upstream is fit.
/// Never across arms: a retry on stable would hide what is wrong with the canary.
class Proxy {
public:
    using Done = std::function<void(http::Response)>;

    Proxy(http::Client& client, UpstreamPool& pool, GatewayMetrics& metrics, const core::Clock& clock,
          const Options& options);

    /// Always answers: with the upstream's answer and X-Attempts, or with a problem (502, 503, 504).
    void send(Errand errand, Done done);

private:
    struct Attempt;
    void try_once(std::shared_ptr<Attempt> attempt);
    void finish(const std::shared_ptr<Attempt>& attempt, core::Result<http::ClientResponse> response);
    bool may_retry(const Attempt& attempt, Outcome outcome);

    http::Client& client_;
    UpstreamPool& pool_;
    GatewayMetrics& metrics_;
    const core::Clock& clock_;
    const Options& options_;
    RetryBudget budget_;
};

}  // namespace qd::gateway
