#pragma once
// The buckets of latency objectives on disk (SQLite, WAL), beside the counters.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "storage/database.hpp"
#include "timeseries/heat_cells.hpp"

namespace qd::timeseries {

struct SavedHeatCell {
    std::size_t tier = 0;
    std::int64_t index = 0;
    HeatCell cell;
};

/// What is kept of one objective.
struct SavedHeat {
    std::vector<double> bounds;  // seconds, in the order they were met; the first is infinity
    std::vector<SavedHeatCell> cells;
};

/// Thread-safe.
class HeatFile {
public:
    static core::Result<std::unique_ptr<HeatFile>> open(const std::filesystem::path& file);

    /// `definition` says which histogram it is: what another one counted is deleted.
    core::Result<SavedHeat> load(const std::string& slo, const std::string& definition);

    struct Batch {
        std::string slo;
        SavedHeat heat;  // all bounds, and the cells that are new
    };
    /// All or nothing.
    core::Result<> save(const std::vector<Batch>& batches);
    /// Deletes what the tiers no longer hold at `now_s`.
    core::Result<> trim(std::int64_t now_s);

private:
    explicit HeatFile(std::unique_ptr<storage::Database> database) : database_(std::move(database)) {}
    std::unique_ptr<storage::Database> database_;
};

/// LEB128, one behind the other; zeros at the end are left out.
std::string pack_counts(const HeatCounts& counts);
/// Errc::corrupt for what no HeatCounts became, and for more than `most` counts.
core::Result<HeatCounts> unpack_counts(std::string_view bytes, std::size_t most);

}  // namespace qd::timeseries
