#pragma once
// The buckets of one histogram by the second for 15 minutes, by the minute for a day and by the hour for 31
// days: 3,084 cells, of 100 + 4 bytes a bucket each in memory (at most 0.7 MB a latency objective, 0.5 MB
// with 16 bounds), and of about 30 + 1 to 3 bytes a bucket on disk (at most 0.4 MB, 0.2 MB with 16 bounds).

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "slo/heatmap.hpp"

namespace qd::timeseries {

struct HeatTier {
    std::int64_t step_s;
    std::int64_t kept;  // steps
};

inline constexpr std::array heat_tiers{HeatTier{1, 15 * 60}, HeatTier{60, 24 * 60}, HeatTier{3600, 31 * 24}};

/// By place: the order in which bounds were met.
using HeatCounts = std::vector<std::uint32_t>;

struct HeatCell {
    HeatCounts counts;  // shorter than there are places: 0
    std::uint32_t covered_s = 0;

    bool operator==(const HeatCell&) const = default;
};

/// Seconds since 1970. Not thread-safe.
class HeatCells {
public:
    /// Moves on; nothing happens when it is not later.
    void advance(std::int64_t second);
    /// Into the present second, which speaks of those from `first` on too. Counts saturate.
    void add(const HeatCounts& counts, std::int64_t first);
    /// The clock was set back, or cells were put back: what lies after `second` is forgotten.
    void restored(std::int64_t second);

    struct Columns {
        std::int64_t step_s = 1;
        std::map<std::int64_t, std::vector<std::uint64_t>> columns;  // begin -> `places` counts
    };
    /// At most `points` (2 to 2,000) columns of [from_s, to_s), as fine as fits and is still kept.
    Columns columns(std::int64_t from_s, std::int64_t to_s, int points, std::size_t places) const;

    /// Cells of a tier with index (time / step) from `first` on; for saving.
    std::vector<std::pair<std::int64_t, HeatCell>> cells(std::size_t tier, std::int64_t first) const;
    void restore(std::size_t tier, std::int64_t index, HeatCell cell);
    std::int64_t now() const { return now_; }

private:
    std::array<std::map<std::int64_t, HeatCell>, heat_tiers.size()> tiers_;
    std::int64_t now_ = 0;
    std::int64_t covered_until_ = 0;
};

}  // namespace qd::timeseries
