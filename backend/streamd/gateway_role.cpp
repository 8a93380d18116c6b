#include <optional>

#include "gateway/gateway.hpp"
#include "security/signed_url.hpp"
#include "services/work_folder.hpp"
#include "streamd/role.hpp"

namespace qd::streamd {
namespace {

gateway::Access access_of(security::Role role) {
    switch (role) {
        case security::Role::viewer:
            return gateway::Access::viewer;
        case security::Role::responder:
            return gateway::Access::responder;
        case security::Role::release_manager:
            return gateway::Access::release_manager;
        case security::Role::admin:
            return gateway::Access::admin;
    }
    return gateway::Access::anonymous;
}

/// The gateway tells readiness by its upstreams; that it is about to end comes before that.
class NotReadyWhileDraining final : public http::Filter {
public:
    explicit NotReadyWhileDraining(const std::atomic<bool>& draining) : draining_(draining) {}

    void handle(http::Request&& request, http::Responder&& responder, const http::Handler& next) override {
        if (draining_ && (request.path == "/-/ready" || request.path == "/readyz"))
            return responder.send(http::problem(503, "draining", request.request_id));
        next(std::move(request), std::move(responder));
    }

private:
    const std::atomic<bool>& draining_;
};

class GatewayRole final : public Role {
public:
    GatewayRole(const Site& site, Placement placement) : Role(site, std::move(placement)) {}
    ~GatewayRole() override { stop(); }

    core::Result<> start() override {
        auto spool = services::WorkFolder::acquire(site_.layout.spool(), identity().instance);
        if (!spool) return core::Failure(spool.error());
        spool_.emplace(std::move(*spool));
        auto options = gateway_options();
        if (!options) return core::Failure(options.error());
        gateway_ = std::make_unique<gateway::Gateway>(
            std::move(*options), gateway::Environment{site_.clock, site_.random, metrics_, log_});
        gateway_->server().add_filter(std::make_shared<NotReadyWhileDraining>(draining()));
        if (auto added = add_faults(gateway_->server()); !added) return added;
        add_flags(gateway_->server());
        if (auto set = gateway_->set_upstreams(site_.config.upstreams); !set) return set;
        if (auto set = gateway_->set_split({"", site_.config.canary_weight}); !set) return set;
        return gateway_->start();
    }

    void stop() override {
        if (gateway_) gateway_->stop();
        delayed_.stop();
        gateway_.reset();
    }

    std::string address() const override { return gateway_ ? gateway_->address() : std::string(); }

private:
    core::Result<gateway::Options> gateway_options() {
        gateway::Options options;
        options.server = server_options();
        options.server.spool_folder = spool_->path();
        options.identity = identity();
        options.cache.folder = site_.layout.cache(identity().instance);
        options.cache.capacity_bytes = site_.config.cache_bytes;
        options.rate_limit.enabled = site_.config.rate_limit;
        options.upload_limit_bytes = site_.config.upload_limit_bytes;
        options.authenticate = [this](std::string_view token) -> core::Result<gateway::Access> {
            const auto actor =
                site_.tokens.authorize(fmt::format("Bearer {}", token), security::Role::viewer);
            if (!actor) return core::Failure(actor.error());
            return access_of(actor->role);
        };
        if (!site_.config.signing_keys.empty()) {
            auto signer = security::UrlSigner::create(site_.config.signing_keys, site_.config.signing_key);
            if (!signer) return core::Failure(signer.error());
            signer_.emplace(std::move(*signer));
            options.signed_url = [this](const http::Request& request) {
                const auto signature = request.query.get("sig");
                if (!signature) return false;
                const auto grant = signer_->verify(*signature, request.path, site_.clock.now());
                return grant && grant->arm && grant->arm == request.query.get("arm");
            };
        }
        return options;
    }

    std::optional<services::WorkFolder> spool_;
    std::optional<security::UrlSigner> signer_;
    std::unique_ptr<gateway::Gateway> gateway_;
};

}  // namespace

std::unique_ptr<Role> make_gateway_role(const Site& site, Placement placement) {
    return std::make_unique<GatewayRole>(site, std::move(placement));
}

}  // namespace qd::streamd
