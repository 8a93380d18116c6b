#include "streamd/role.hpp"

#include <unistd.h>

namespace qd::streamd {
namespace {

/// As a fault in the program would end it: nothing is drained, nobody is told.
void die(const chaos::Fault& fault) {
    fmt::print(stderr, "streamd: crashing {} s after the start: a fault on purpose\n", fault.amount);
    ::_exit(int(core::ExitCode::failed));
}

}  // namespace

Role::Role(const Site& site, Placement placement)
    : site_(site),
      placement_(std::move(placement)),
      log_(placement_.identity.service, placement_.identity.instance, placement_.log_file),
      faults_(std::make_shared<chaos::FaultFilter>(
          chaos::Identity{placement_.identity.service, placement_.identity.version,
                          placement_.identity.instance},
          site_.clock, site_.random, delayed_)),
      process_faults_(std::make_shared<chaos::ProcessFaults>(site_.clock, delayed_, die)) {
    telemetry::publish_build_info(metrics_, "streamd", placement_.identity.version);
}

http::ServerOptions Role::server_options() const {
    http::ServerOptions options;
    options.host = placement_.host;
    options.port = placement_.port;
    return options;
}

core::Result<> Role::add_faults(http::Server& server) {
    for (chaos::Fault fault : site_.config.faults) {
        if (!fault.target.role.empty() && fault.target.role != identity().service) continue;
        // What this process was born with is its own, and whoever reads it here must not hand it on to
        // others.
        if (fault.target.instance.empty()) fault.target.instance = identity().instance;
        if (chaos::is_of_process(fault.kind)) {
            if (auto added = process_faults_->add(fault); !added) return added;
        } else if (const auto added = faults_->add(fault); !added) {
            return core::Failure(added.error());
        }
    }
    server.add_filter(process_faults_);
    server.add_filter(faults_);
    chaos::add_fault_routes(server, faults_, [this](const http::Request& request) -> core::Result<> {
        const auto actor =
            site_.tokens.authorize(request.headers.get("Authorization"), security::Role::admin);
        if (!actor) return core::Failure(actor.error());
        return {};
    });
    return {};
}

void Role::add_flags(http::Server& server) {
    auto& revision = metrics_.gauge("flags_revision", "Revision of the feature flags that are in force");
    metrics_.on_collect([this, &revision] { revision.Set(double(site_.flags.snapshot()->revision)); });
    server.route(http::Method::get, "/-/flags", [this](http::Request&& request, http::Responder&& responder) {
        const auto actor =
            site_.tokens.authorize(request.headers.get("Authorization"), security::Role::viewer);
        if (!actor) return responder.send(http::problem(actor.error(), request.request_id));
        responder.send(http::Response::json(200, site_.flags.status()));
    });
}

services::FeatureFlags Role::features() const {
    return {site_.flags, identity().version, identity().role};
}

std::function<core::Result<>()> Role::readiness(std::function<core::Result<>()> more) {
    return [this, more = std::move(more)]() -> core::Result<> {
        if (draining_) return core::fail(core::Errc::unavailable, "draining");
        return more();
    };
}

}  // namespace qd::streamd
