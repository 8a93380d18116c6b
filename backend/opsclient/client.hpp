#pragma once
// A typed client of opsd's API. Every call returns at once; its callback runs once, on the HTTP client's
// thread, unless this object is destroyed before: after the destructor returns no callback runs any more.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/executor.hpp"
#include "core/random.hpp"
#include "core/result.hpp"
#include "http/client.hpp"
#include "opsclient/event.hpp"
#include "opsclient/site.hpp"
#include "slo/alert.hpp"
#include "slo/status.hpp"

namespace qd::opsclient {

template <class T>
using Callback = std::function<void(core::Result<T>)>;

struct Endpoint {
    std::string base_url;  // "http://127.0.0.1:4242"
    std::string token;     // the bearer token's secret
};

/// Names of GET /series.
namespace series {
inline constexpr std::string_view request_rate = "request_rate";  // by arm, requests per second
inline constexpr std::string_view error_ratio = "error_ratio";    // by arm
inline constexpr std::string_view latency_p95 = "latency_p95";    // by arm, milliseconds
inline constexpr std::string_view latency_p50 = "latency_p50";    // by arm, milliseconds
inline constexpr std::string_view viewers = "viewers";            // who plays now
inline constexpr std::string_view startup_p95 = "startup_p95";    // by arm, milliseconds
inline constexpr std::string_view stall_ratio = "stall_ratio";    // by arm
}  // namespace series

/// Thread-safe. Errors: Errc::unavailable and timeout (opsd is not reachable), unauthenticated, not_found,
/// precondition_failed, …, with opsd's own words; Errc::corrupt for an answer that makes no sense.
class Client {
public:
    /// `client`, `executor` and `random` outlive this object.
    Client(Endpoint endpoint, http::Client& client, core::Executor& executor, core::Random& random);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    void site(Callback<Site> done);
    void slos(Callback<std::vector<slo::Status>> done);
    void slo(const slo::SloId& id, Callback<slo::Status> done);
    /// At most `points` points (2..2,000) from `from` to `to`, the finest step that fits.
    void slo_history(const slo::SloId& id, core::WallTime from, core::WallTime to, int points,
                     Callback<slo::History> done);
    /// Those that fire, then those that ended, the newest first.
    void alerts(Callback<std::vector<slo::Alert>> done);
    void series(std::string_view name, core::WallTime from, core::WallTime to, int points,
                Callback<Series> done);

    /// Follows the event stream until the subscription is destroyed; reconnects by itself. Handlers run on
    /// the client's or the executor's thread, never two at once. The subscription must not outlive this
    /// object.
    std::unique_ptr<Subscription> subscribe(EventHandlers handlers);

    const Endpoint& endpoint() const { return endpoint_; }

private:
    struct Impl;
    Endpoint endpoint_;
    std::shared_ptr<Impl> impl_;
};

}  // namespace qd::opsclient
