#pragma once
// Good and total events of one objective in rings of seconds, minutes and hours, with a running sum for each
// window that somebody asks about: moving on by a second and reading a window cost the same for an hour and
// for 28 days.

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/clock.hpp"
#include "slo/counts.hpp"
#include "slo/status.hpp"
#include "slo/window.hpp"

namespace qd::timeseries {

struct Tier {
    std::int64_t step_s;
    std::int64_t kept;  // steps
};

/// Two spare cells, for the one that is being filled and the one that a window's far edge cuts.
inline constexpr std::array tiers{Tier{1, 2 * 3600 + 2}, Tier{60, 7 * 24 * 60 + 2}, Tier{3600, 90 * 24 + 2}};

struct Cell {
    slo::Counts counts;
    std::uint32_t covered_s = 0;  // seconds of the cell with a reading; 0: a gap
    float min = 1;                // of the seconds' ratio of good events; min > max: no second had events
    float max = 0;

    bool operator==(const Cell&) const = default;
};

/// Seconds since 1970. Not thread-safe.
class Tiers {
public:
    /// `windows`: the lengths asked for, in seconds, each at most 90 days. One longer than 2 hours is kept by
    /// the minute, one longer than 7 days by the hour: it may be up to that much longer than asked for.
    explicit Tiers(std::vector<std::int64_t> windows);

    /// Moves on to `second`; what lies between is a gap. Nothing happens when it is not later than the last.
    void advance(std::int64_t second);
    /// Counts into the present second; covers it.
    void add(const slo::Counts& counts);
    /// The seconds from `first` up to the present are covered although nothing was counted in them; for
    /// readings of cumulative counters that came a little late.
    void cover_since(std::int64_t first);

    /// By its place in the constructor's list.
    slo::WindowReading window(std::size_t index) const;
    /// The last second that was covered; 0: none.
    std::int64_t last_covered() const { return last_covered_; }
    std::int64_t now() const { return now_; }

    /// At most `points` points (2..2,000) of [from_s, to_s), the finest step that fits. Gaps are left out.
    slo::History history(std::int64_t from_s, std::int64_t to_s, int points) const;

    /// Cells of a tier for saving: those with index (time / step) from `first` on, up to the present.
    std::vector<std::pair<std::int64_t, Cell>> cells(std::size_t tier, std::int64_t first) const;
    /// Puts saved cells back; `restored()` makes the sums of all windows anew as of `second`, and forgets
    /// cells that lie after it (a clock that was set back).
    void restore(std::size_t tier, std::int64_t index, const Cell& cell);
    void restored(std::int64_t second);

private:
    struct Window {
        std::int64_t length_s = 0;
        std::size_t tier = 0;
        std::int64_t first = 0;  // index of the oldest cell in the sum
        slo::Counts sum;
        std::int64_t covered_s = 0;
    };
    struct Ring {
        std::vector<Cell> cells;
        std::int64_t newest = 0;  // index of the newest cell
    };

    Cell& at(std::size_t tier, std::int64_t index);
    const Cell* find(std::size_t tier, std::int64_t index) const;
    void cover(std::int64_t second);

    std::array<Ring, tiers.size()> rings_;
    std::vector<Window> windows_;
    std::int64_t now_ = 0;
    std::int64_t last_covered_ = 0;
};

}  // namespace qd::timeseries
