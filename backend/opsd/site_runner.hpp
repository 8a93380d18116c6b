#pragma once
// Starts and stops versions through the local site's supervisor.

#include "rollouts/drivers.hpp"
#include "site/control_client.hpp"

namespace qd::opsd {

/// Of the site's api instances. Thread-safe.
class SiteRunner final : public rollouts::VersionRunner {
public:
    explicit SiteRunner(site::ControlClient client) : client_(std::move(client)) {}

    core::Result<std::vector<rollouts::RunningInstance>> list() override;
    core::Result<> start(const rollouts::StartVersion& version) override;
    core::Result<> stop(const std::string& instance) override;

private:
    site::ControlClient client_;
};

}  // namespace qd::opsd
