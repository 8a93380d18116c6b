#include <unistd.h>

#include <algorithm>
#include <optional>
#include <thread>

#include "services/encode_worker.hpp"
#include "services/work_folder.hpp"
#include "streamd/role.hpp"

namespace qd::streamd {
namespace {

class WorkerRole final : public Role {
public:
    WorkerRole(const Site& site, Placement placement, const Stores& stores)
        : Role(site, std::move(placement)), origin_(stores.origin(site_.tokens, log_, features())) {}
    ~WorkerRole() override { stop(); }

    core::Result<> start() override {
        auto work = services::WorkFolder::acquire(site_.layout.work(), identity().instance);
        if (!work) return core::Failure(work.error());
        work_.emplace(std::move(*work));
        worker_.emplace(origin_, encode_options(), metrics_);
        server_.emplace(server_options());
        if (auto added = add_faults(*server_); !added) return added;
        add_flags(*server_);
        http::add_service_endpoints(*server_, metrics_, log_, identity(),
                                    readiness([this] { return worker_->ready(); }));
        if (auto started = server_->start(); !started) return started;
        worker_->start();
        return {};
    }

    void stop() override {
        if (worker_) worker_->stop();
        if (server_) server_->stop();
        delayed_.stop();
        server_.reset();
        worker_.reset();
    }

    std::string address() const override { return server_ ? server_->address() : std::string(); }

private:
    services::EncodeOptions encode_options() {
        const Config& config = site_.config;
        services::EncodeOptions options;
        options.worker = identity().instance;
        options.work_folder = work_->path();
        options.lease = std::chrono::duration_cast<std::chrono::milliseconds>(config.lease);
        options.segment_duration = core::Seconds(config.segment_s);
        options.ladder.heights = config.ladder_heights;
        options.idle = config.encode_idle;
        options.threads = config.encode_threads > 0 ? config.encode_threads
                                                    : std::clamp(std::thread::hardware_concurrency(), 1u, 8u);
        // A thread that does not come back can only be ended with its process; the job's lease then runs out
        // and the supervisor starts another process.
        options.on_hung = [] { ::_exit(int(core::ExitCode::failed)); };
        return options;
    }

    const services::Origin origin_;
    std::optional<services::WorkFolder> work_;
    std::optional<services::EncodeWorker> worker_;
    std::optional<http::Server> server_;
};

}  // namespace

std::unique_ptr<Role> make_worker_role(const Site& site, Placement placement, const Stores& stores) {
    return std::make_unique<WorkerRole>(site, std::move(placement), stores);
}

}  // namespace qd::streamd
