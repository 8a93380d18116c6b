#pragma once
// <data>/db/intake.sqlite: alerts of others, changes that were told, and what opsd saw of the site when it
// looked last.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "incidents/event.hpp"
#include "silences/alert.hpp"
#include "storage/database.hpp"

namespace qd::opsd {

/// Something on the site was changed: by a pipeline that says so, or seen by opsd itself.
struct SiteChange {
    std::int64_t seq = 0;
    incidents::EventKind kind = incidents::EventKind::deploy;  // deploy | config | flag
    std::string subject;                                       // what was changed
    std::string service;                                       // whose; empty: the whole site's
    std::string text;
    std::string actor;
    core::WallTime at{};

    bool operator==(const SiteChange&) const = default;
};

/// Thread-safe.
class IntakeFile {
public:
    static core::Result<std::unique_ptr<IntakeFile>> open(const std::filesystem::path& file);

    /// The one that started first stands first.
    core::Result<std::vector<silences::Alert>> alerts();
    /// Inserts or replaces; keeps the newest 500 that have ended.
    core::Result<> save(const std::vector<silences::Alert>& alerts);

    /// The latest first, at most `limit` of those before `before` (0: of all).
    core::Result<std::vector<SiteChange>> changes(std::size_t limit, std::int64_t before = 0);
    /// With its number. Keeps the newest 10,000.
    core::Result<SiteChange> add(SiteChange change);

    /// What was remembered under a name.
    core::Result<std::optional<std::string>> fact(const std::string& name);
    core::Result<> remember(const std::string& name, const std::string& value);

private:
    explicit IntakeFile(std::unique_ptr<storage::Database> database) : database_(std::move(database)) {}
    std::unique_ptr<storage::Database> database_;
};

}  // namespace qd::opsd
