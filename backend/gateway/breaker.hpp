#pragma once
// A circuit breaker: after failures in a row nothing is sent for a while, then one probe decides. Pure: time
// comes in.

#include <string_view>

#include "core/clock.hpp"
#include "gateway/options.hpp"

namespace qd::gateway {

/// closed -(failures in a row)-> open -(time)-> half_open -(probe succeeds)-> closed, or -(fails)-> open for
/// twice as long. What was sent before it opened no longer counts when it ends. Not thread-safe.
class Breaker {
public:
    enum class State { closed, open, half_open };

    explicit Breaker(const BreakerOptions& options) : options_(options), open_for_(options.open_for) {}

    /// Whether a request would be let through now; changes nothing.
    bool would_allow(core::SteadyTime now) const;
    /// The same for a request that is then sent: in half_open it is the one probe, whose outcome must be
    /// told. A probe whose outcome never comes blocks no longer than another open period.
    bool allow(core::SteadyTime now);
    void succeeded();
    void failed(core::SteadyTime now);

    State state(core::SteadyTime now) const;

private:
    BreakerOptions options_;
    std::chrono::milliseconds open_for_;
    unsigned failures_ = 0;  // in a row
    bool open_ = false;
    bool probing_ = false;
    core::SteadyTime closed_until_{};  // no probe before this, while open
};

std::string_view to_string(Breaker::State state);

}  // namespace qd::gateway
