#include "opsd/site_directory.hpp"

namespace qd::opsd {

SiteDirectory::SiteDirectory(const Options& options, const core::Clock& clock) : clock_(clock) {
    for (const StaticTarget& target : options.targets) {
        site::ProcessInfo process;
        process.instance = target.instance;
        process.role = target.role;
        process.version = target.version;
        process.arm = target.arm;
        process.address = target.address;
        process.metrics = "http://" + target.address + "/metrics";
        process.state = site::ProcessState::ready;
        fixed_.push_back(std::move(process));
    }
    if (options.site_socket.empty()) return;
    control_.emplace(options.site_socket);
    listing_.emplace(options.site_socket, std::chrono::milliseconds(900));
}

void SiteDirectory::start() {
    if (!listing_) return;
    (void)refresh();
    periodic_ =
        std::make_unique<core::Periodic>(std::chrono::seconds(1), "opsd-site", [this] { (void)refresh(); });
}

core::Result<> SiteDirectory::refresh() {
    if (!listing_) return {};
    auto listed = listing_->list();
    const std::lock_guard lock(mutex_);
    if (!listed) {
        error_ = listed.error().message;
        return core::Failure(listed.error());
    }
    listed_ = std::move(*listed);
    listed_at_ = clock_.steady_now();
    error_.clear();
    return {};
}

Directory SiteDirectory::now() const {
    const std::lock_guard lock(mutex_);
    Directory directory{fixed_, false, error_};
    directory.processes.insert(directory.processes.end(), listed_.begin(), listed_.end());
    directory.supervised = listed_at_ && clock_.steady_now() - *listed_at_ <= fresh_for;
    return directory;
}

}  // namespace qd::opsd
