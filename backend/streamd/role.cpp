#include "streamd/role.hpp"

namespace qd::streamd {

Role::Role(const Site& site, Placement placement)
    : site_(site),
      placement_(std::move(placement)),
      log_(placement_.identity.service, placement_.identity.instance, placement_.log_file),
      faults_(std::make_shared<chaos::FaultFilter>(
          chaos::Identity{placement_.identity.service, placement_.identity.version,
                          placement_.identity.instance},
          site_.clock, site_.random, delayed_)) {
    telemetry::publish_build_info(metrics_, "streamd", placement_.identity.version);
}

http::ServerOptions Role::server_options() const {
    http::ServerOptions options;
    options.host = placement_.host;
    options.port = placement_.port;
    return options;
}

core::Result<> Role::add_faults(http::Server& server) {
    for (const chaos::Fault& fault : site_.config.faults) {
        if (!fault.target.role.empty() && fault.target.role != identity().service) continue;
        if (const auto added = faults_->add(fault); !added) return core::Failure(added.error());
    }
    server.add_filter(faults_);
    chaos::add_fault_routes(server, faults_, [this](const http::Request& request) -> core::Result<> {
        const auto actor =
            site_.tokens.authorize(request.headers.get("Authorization"), security::Role::admin);
        if (!actor) return core::Failure(actor.error());
        return {};
    });
    return {};
}

std::function<core::Result<>()> Role::readiness(std::function<core::Result<>()> more) {
    return [this, more = std::move(more)]() -> core::Result<> {
        if (draining_) return core::fail(core::Errc::unavailable, "draining");
        return more();
    };
}

}  // namespace qd::streamd
