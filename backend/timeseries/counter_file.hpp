#pragma once
// The tiers of all objectives on disk (SQLite, WAL), written every few seconds, with the scrapes that they
// hold all of: after a crash, what was counted since the last save is counted again from the counters
// themselves.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "slo/objective.hpp"
#include "storage/database.hpp"
#include "timeseries/target_counters.hpp"
#include "timeseries/tiers.hpp"

namespace qd::timeseries {

/// Not a tier: minutes that are kept as long as the hours; see Tiers::kept_minutes().
inline constexpr std::size_t kept_minutes_tier = tiers.size();

/// The user_version of a file that this program writes.
int counter_file_version();

struct SavedCell {
    std::size_t tier = 0;  // or kept_minutes_tier
    std::int64_t index = 0;
    Cell cell;
};

/// A group of a grouped objective; see slo/group.hpp.
struct SavedGroup {
    std::string id;
    std::string parent;
    std::string definition;  // of the parent, with what it is grouped by
    slo::GroupLabels labels;

    bool operator==(const SavedGroup&) const = default;
};

/// Thread-safe.
class CounterFile {
public:
    static core::Result<std::unique_ptr<CounterFile>> open(const std::filesystem::path& file);

    /// What is kept of an objective. `definition` is the text of its indicator: cells counted by another one
    /// are deleted, since figures of two definitions must not be added.
    core::Result<std::vector<SavedCell>> load(const std::string& slo, const std::string& definition);

    core::Result<std::vector<SavedGroup>> groups();
    core::Result<> save(const SavedGroup& group);
    /// With all that it has counted.
    core::Result<> forget(const SavedGroup& group);

    struct Batch {
        std::string slo;
        std::vector<SavedCell> cells;
    };
    /// The last scrapes of targets, by instance and address: what is added since is not in any cell.
    struct SavedTarget {
        std::string instance;
        std::string url;
        Baseline baseline;
    };
    core::Result<std::vector<SavedTarget>> load_targets();

    /// All or nothing. `targets` takes the place of those saved before.
    core::Result<> save(const std::vector<Batch>& batches, const std::vector<SavedTarget>& targets = {});
    /// Deletes what the tiers no longer hold at `now_s`.
    core::Result<> trim(std::int64_t now_s);

private:
    explicit CounterFile(std::unique_ptr<storage::Database> database) : database_(std::move(database)) {}
    std::unique_ptr<storage::Database> database_;
};

}  // namespace qd::timeseries
