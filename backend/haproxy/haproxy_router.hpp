#pragma once
// Traffic split by a HAProxy that is already there, through its runtime API: weights and states of the
// servers of one backend, and map files for headers. Nothing is written to its configuration: after a reload
// it is as its files say, and read() tells so.

#include <map>
#include <mutex>
#include <optional>

#include "core/clock.hpp"
#include "haproxy/options.hpp"
#include "haproxy/steering.hpp"
#include "rollouts/drivers.hpp"

namespace qd::haproxy {

/// Thread-safe; each call blocks for a few exchanges, each of options.timeout at most. Errc::unavailable and
/// Errc::timeout: the connection is lost, and nobody knows what HAProxy does now.
class HaproxyRouter final : public rollouts::TrafficRouter {
public:
    HaproxyRouter(Options options, const core::Clock& clock);

    /// Done once HAProxy, asked again, says that it is as told: Errc::conflict when it says otherwise, or
    /// when no server of an arm that is to get traffic is up.
    core::Result<> apply(const traffic::TrafficPlan& plan) override;
    /// Counts are those since the plan came into force as this object saw it. `plan` is the one applied where
    /// HAProxy is as that one told it, else what HAProxy does, with an empty `rollout`.
    core::Result<rollouts::RouterReading> read() override;
    /// One line, as it goes out; none when nothing is to change.
    core::Result<std::vector<rollouts::PreviewedRequest>> preview(const traffic::TrafficPlan& plan) override;
    std::optional<std::string> refusal(const traffic::TrafficPlan& plan) const override;

private:
    struct InForce {
        traffic::TrafficPlan plan;
        core::WallTime since;
        ServerCountsByName counted;  // before it
    };

    core::Result<std::string> ask_for(std::string_view line) const;
    core::Result<Steered> steered() const;
    core::Result<ServerCountsByName> counts() const;
    /// The line for `plan`; empty when nothing is to change.
    core::Result<std::string> line_for(const traffic::TrafficPlan& plan) const;

    const Options options_;
    const core::Clock& clock_;
    std::mutex applying_;  // one apply() at a time
    std::mutex mutex_;     // guards in_force_
    std::optional<InForce> in_force_;
};

}  // namespace qd::haproxy
