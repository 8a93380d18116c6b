#include <optional>

#include "services/analytics_routes.hpp"
#include "services/playback.hpp"
#include "services/uploads.hpp"
#include "services/videos.hpp"
#include "services/work_folder.hpp"
#include "streamd/role.hpp"
#include "streamd/served_by.hpp"

namespace qd::streamd {
namespace {

/// As long as a gateway waits for an answer: what it still waits for when we end is completed.
constexpr std::chrono::seconds longest_request{15};

class ApiRole final : public Role {
public:
    ApiRole(const Site& site, Placement placement, const Stores& stores)
        : Role(site, std::move(placement)), origin_(stores.origin(site_.tokens, log_, features())) {
        metrics_.on_collect([this] { analytics_.tidy(); });
    }
    ~ApiRole() override { stop(); }

    core::Result<> start() override {
        auto spool = services::WorkFolder::acquire(site_.layout.spool(), identity().instance);
        if (!spool) return core::Failure(spool.error());
        spool_.emplace(std::move(*spool));
        http::ServerOptions options = server_options();
        options.spool_folder = spool_->path();
        server_.emplace(std::move(options));

        services::UploadOptions uploads;
        uploads.limit_bytes = site_.config.upload_limit_bytes;
        uploads.free_floor_bytes = site_.config.free_floor_bytes;
        uploads.spool_folder = spool_->path();
        uploads_.emplace(origin_, std::move(uploads));
        uploads_->add_route(*server_);
        services::add_video_routes(*server_, origin_);
        services::add_playback_routes(*server_, origin_);
        services::add_analytics_routes(*server_, analytics_, player_metrics_, log_,
                                       {identity().role, identity().version});
        server_->add_filter(std::make_shared<ServedBy>(identity()));  // first: faults are served by us, too
        if (auto added = add_faults(*server_); !added) return added;
        add_flags(*server_);
        http::add_service_endpoints(*server_, metrics_, log_, identity(),
                                    readiness([this]() -> core::Result<> {
                                        const auto page = origin_.videos.list({}, 1);
                                        if (!page) return core::Failure(page.error());
                                        return {};
                                    }));
        return server_->start();
    }

    void stop() override {
        if (server_) server_->stop(longest_request);
        delayed_.stop();
        if (uploads_) uploads_->stop();
        server_.reset();
        uploads_.reset();
    }

    std::string address() const override { return server_ ? server_->address() : std::string(); }

private:
    const services::Origin origin_;
    // A gateway hands reports to the stable arm.
    services::PlayerMetrics player_metrics_{metrics_, identity().role == "stable"
                                                          ? services::PlayerMetrics::Exist::at_once
                                                          : services::PlayerMetrics::Exist::when_told_of};
    services::PlaybackAnalytics analytics_{site_.clock, player_metrics_};
    std::optional<services::WorkFolder> spool_;
    std::optional<services::Uploads> uploads_;
    std::optional<http::Server> server_;
};

}  // namespace

std::unique_ptr<Role> make_api_role(const Site& site, Placement placement, const Stores& stores) {
    return std::make_unique<ApiRole>(site, std::move(placement), stores);
}

}  // namespace qd::streamd
