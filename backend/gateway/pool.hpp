#pragma once
// The upstreams of all arms: which of them is fit, and whose turn it is.

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "gateway/breaker.hpp"
#include "gateway/options.hpp"

namespace qd::gateway {

/// What became of one attempt, for the pool and for metrics.
enum class Outcome {
    success,       // any answer that is no sign of trouble with the upstream
    error_status,  // 502, 503, 504
    timeout,
    unreachable,  // no connection, or one that broke
};

std::string_view to_string(Outcome outcome);

struct UpstreamStatus {
    Upstream upstream;
    bool healthy = true;
    Breaker::State breaker = Breaker::State::closed;
};

/// Round robin per arm over the healthy with a breaker that lets through. A new upstream counts as healthy
/// until something says otherwise. Thread-safe; time comes in.
class UpstreamPool {
public:
    UpstreamPool(const HealthOptions& health, const BreakerOptions& breaker)
        : health_(health), breaker_(breaker) {}

    /// See Gateway::set_upstreams.
    core::Result<> set(std::vector<Upstream> upstreams);

    /// The next upstream of an arm, another than `except` if there is another. Nothing when none is fit.
    /// With a `sticky` text the choice is by it (rendezvous hashing), so that only those whose upstream comes
    /// or goes get another.
    std::optional<Upstream> pick(Arm arm, core::SteadyTime now, const std::string& except = {},
                                 std::string_view sticky = {});
    /// Of an arm's upstreams; empty without any, "mixed" when they differ.
    std::string version_of(Arm arm) const;
    bool has_any(Arm arm) const;
    bool has_healthy(Arm arm) const;

    /// Passive: what became of a request. Failures to connect in a row eject at once.
    void report(const std::string& instance, Outcome outcome, core::SteadyTime now);
    /// Active: what became of a health check.
    void report_health(const std::string& instance, bool ready);

    std::vector<UpstreamStatus> status(core::SteadyTime now) const;
    std::vector<Upstream> upstreams() const;

private:
    struct Member {
        Upstream upstream;
        Breaker breaker;
        bool healthy = true;
        unsigned failures = 0;   // in a row: checks that failed, connections that did
        unsigned successes = 0;  // of checks, in a row
    };
    Member* find(const std::string& instance);
    void count_failure(Member& member) const;

    const HealthOptions health_;
    const BreakerOptions breaker_;
    mutable std::mutex mutex_;
    std::vector<Member> members_;
    std::size_t turn_[arm_count]{};  // per arm: where the next look begins
};

}  // namespace qd::gateway
