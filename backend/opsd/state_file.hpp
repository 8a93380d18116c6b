#pragma once
// <data>/db/opsd.sqlite: alerts, exclusions, and the answers to writes that carried an Idempotency-Key.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "slo/alert.hpp"
#include "slo/exclusion.hpp"
#include "storage/database.hpp"

namespace qd::opsd {

/// What a write was answered.
struct RememberedAnswer {
    std::string request_digest;  // of the body that was sent with the key
    unsigned status = 0;
    std::string content_type;
    std::string etag;
    std::string body;
};

/// Thread-safe.
class StateFile {
public:
    static core::Result<std::unique_ptr<StateFile>> open(const std::filesystem::path& file);

    core::Result<std::vector<slo::Alert>> alerts();
    /// Inserts or replaces; keeps the newest 500 that have ended.
    core::Result<> save(const std::vector<slo::Alert>& alerts);

    /// The earliest begin first.
    core::Result<std::vector<slo::Exclusion>> exclusions();
    /// The same of a file that is only read, also while an opsd writes to it; none without such a file.
    static core::Result<std::vector<slo::Exclusion>> read_exclusions(const std::filesystem::path& file);
    core::Result<> save(const slo::Exclusion& exclusion);
    core::Result<> remove(const slo::ExclusionId& exclusion);

    core::Result<std::optional<RememberedAnswer>> answer(const std::string& key);
    /// Forgets answers older than a day, and the oldest beyond 10,000.
    core::Result<> remember(const std::string& key, const RememberedAnswer& answer, core::WallTime at);

private:
    explicit StateFile(std::unique_ptr<storage::Database> database) : database_(std::move(database)) {}
    std::unique_ptr<storage::Database> database_;
};

}  // namespace qd::opsd
