#pragma once
// The versions behind a HAProxy as a rollout sees them: its configured servers with the labels that people
// give them. HAProxy starts no processes and installs nothing: "started" is a server of the canary or
// baseline arm that is taken out of maintenance, "stopped" one that is put there. The stable servers are
// deployed by somebody else, who then says so in `versions`.

#include <optional>

#include "haproxy/options.hpp"
#include "haproxy/runtime_state.hpp"
#include "rollouts/drivers.hpp"

namespace qd::haproxy {

/// Thread-safe; each call blocks for a few exchanges, each of options.timeout at most.
class HaproxyRunner final : public rollouts::VersionRunner {
public:
    explicit HaproxyRunner(Options options) : options_(std::move(options)) {}

    /// Stable servers, and those of the other arms that are not in maintenance; the instance is the server's
    /// name. Ready is who is up by HAProxy's checks: without checks everybody is. With affinity by cookie an
    /// idle stable server is in maintenance, where nothing is checked: its label is believed.
    core::Result<std::vector<rollouts::RunningInstance>> list() override;
    /// Takes servers that are labelled with the version out of maintenance, without traffic; it does not wait
    /// for their checks, which list() shows. Errc::invalid_argument with what to do where none is.
    core::Result<> start(const rollouts::StartVersion& version) override;
    core::Result<> stop(const std::string& instance) override;

    /// Errc::invalid_argument with why this HAProxy, as it stands, cannot carry it out; feasibility.hpp.
    core::Result<> check(const rollouts::Specification& specification) const;

private:
    core::Result<ServerStates> states() const;
    /// Done once HAProxy, asked again, says so.
    core::Result<> set_state(const std::string& server, Admin admin) const;

    const Options options_;
};

}  // namespace qd::haproxy
