#include "streamd/data_folder.hpp"

#include <unistd.h>

#include <cerrno>

namespace qd::streamd {

core::Result<> prepare(const Layout& layout) {
    for (const auto& folder : {layout.data, layout.databases(), layout.objects(), layout.logs(),
                               layout.spool(), layout.work(), layout.data / "cache"})
        if (auto made = core::make_directories(folder); !made) return made;
    if (::access(layout.data.c_str(), W_OK) != 0)
        return core::fail_errno(fmt::format("using the data folder {}", layout.data.string()), errno);
    return {};
}

core::Result<std::unique_ptr<Stores>> Stores::open(const Layout& layout, unsigned metadata_shards,
                                                   const core::Clock& clock, core::Random& random) {
    std::unique_ptr<Stores> stores(new Stores(metadata_shards, clock, random));
    auto videos = storage::open_metadata_store(layout.databases(), stores->shards_);
    if (!videos) return core::Failure(videos.error());
    auto objects = storage::open_file_object_store(layout.objects(), random);
    if (!objects) return core::Failure(objects.error());
    auto jobs = storage::open_job_queue(layout.databases() / "queue.sqlite", clock);
    if (!jobs) return core::Failure(jobs.error());
    stores->videos_ = std::move(*videos);
    stores->objects_ = std::move(*objects);
    stores->jobs_ = std::move(*jobs);
    return stores;
}

services::Origin Stores::origin(const security::Tokens& tokens, telemetry::Log& log,
                                services::FeatureFlags features) const {
    return {*videos_, *objects_, *jobs_, tokens, shards_, clock_, random_, log, std::move(features)};
}

}  // namespace qd::streamd
