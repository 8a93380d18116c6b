#pragma once
// The data folder of a site, opened: its stores and its token.

#include <filesystem>
#include <memory>

#include "core/clock.hpp"
#include "core/random.hpp"
#include "security/tokens.hpp"
#include "services/origin.hpp"
#include "storage/job_queue.hpp"
#include "storage/metadata_store.hpp"
#include "storage/object_store.hpp"

namespace qd::streamd {

struct Layout {
    std::filesystem::path data;

    std::filesystem::path lock() const { return data / "lock"; }
    std::filesystem::path token() const { return data / "token"; }
    std::filesystem::path endpoints() const { return data / "endpoints.json"; }
    std::filesystem::path databases() const { return data / "db"; }
    std::filesystem::path objects() const { return data / "objects"; }
    std::filesystem::path logs() const { return data / "logs"; }
    std::filesystem::path spool() const { return data / "run" / "spool"; }
    std::filesystem::path flags() const { return data / "run" / "flags.json"; }  // opsd writes it
    std::filesystem::path work() const { return data / "run" / "work"; }
    std::filesystem::path cache(const std::string& instance) const { return data / "cache" / instance; }
};

/// Makes the folders. Errc::io, Errc::no_space, … naming the folder when it cannot be used.
core::Result<> prepare(const Layout& layout);

/// The stores of the origin; several processes may have them open at once.
class Stores {
public:
    static core::Result<std::unique_ptr<Stores>> open(const Layout& layout, unsigned metadata_shards,
                                                      const core::Clock& clock, core::Random& random);

    /// What the services use; `log` and the stores must outlive it.
    services::Origin origin(const security::Tokens& tokens, telemetry::Log& log,
                            services::FeatureFlags features) const;

private:
    Stores(unsigned shards, const core::Clock& clock, core::Random& random)
        : shards_(shards), clock_(clock), random_(random) {}

    storage::ShardMap shards_;
    const core::Clock& clock_;
    core::Random& random_;
    std::unique_ptr<storage::MetadataStore> videos_;
    std::unique_ptr<storage::ObjectStore> objects_;
    std::unique_ptr<storage::JobQueue> jobs_;
};

}  // namespace qd::streamd
