#pragma once
// The traffic router of a local site: the gateway's /-/split.

#include <string>

#include "http/client.hpp"
#include "rollouts/drivers.hpp"

namespace qd::rollouts {

/// Blocks its caller for at most 2 s a call; not to be used on the HTTP client's own thread.
class GatewayRouter final : public TrafficRouter {
public:
    /// `gateway` is a base URL, `bearer` the whole Authorization value of an admin. The client must outlive
    /// it.
    GatewayRouter(http::Client& client, std::string gateway, std::string bearer);

    core::Result<> apply(const traffic::TrafficPlan& plan) override;
    core::Result<std::vector<PreviewedRequest>> preview(const traffic::TrafficPlan& plan) override;
    core::Result<RouterReading> read() override;

private:
    http::ClientRequest request(http::Method method) const;

    http::Client& client_;
    const std::string url_;
    const std::string bearer_;
};

}  // namespace qd::rollouts
