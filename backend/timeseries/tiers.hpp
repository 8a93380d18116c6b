#pragma once
// Good and total events of one objective in rings of seconds, minutes and hours, with a running sum for each
// window that somebody asks about: moving on by a second and reading a window cost the same for an hour and
// for 28 days. What is excluded is left out of the sums and stays in the cells.

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "slo/calendar.hpp"
#include "slo/counts.hpp"
#include "slo/replay.hpp"
#include "slo/status.hpp"
#include "slo/window.hpp"

namespace qd::timeseries {

struct Tier {
    std::int64_t step_s;
    std::int64_t kept;  // steps
};

/// Two spare cells, for the one that is being filled and the one that a window's far edge cuts. Hours suffice
/// for a quarter of 92 days with a change of clocks.
inline constexpr std::array tiers{Tier{1, 2 * 3600 + 2}, Tier{60, 7 * 24 * 60 + 2}, Tier{3600, 93 * 24 + 2}};

/// The oldest cell that a window of `length_s` ending with the second `now` still touches.
constexpr std::int64_t first_cell_of(std::int64_t now, std::int64_t length_s, std::int64_t step_s) {
    return std::max<std::int64_t>(0, now - length_s + 1) / step_s;
}

struct Cell {
    slo::Counts counts;
    std::uint32_t covered_s = 0;  // seconds of the cell with a reading; 0: a gap
    float min = 1;                // of the seconds' ratio of good events; min > max: no second had events
    float max = 0;

    bool operator==(const Cell&) const = default;
};

/// What somebody else counted in a step of the past.
struct Past {
    std::int64_t from_s = 0;  // a multiple of the step
    slo::Counts counts;

    bool operator==(const Past&) const = default;
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

    /// Makes a window of the constructor's list begin at a moment (a whole minute) and stay there, until it
    /// is told otherwise: a calendar window. It is summed from hours, and from minutes where it cuts an hour.
    void begin_window(std::size_t index, const slo::Span& period);
    /// What of time does not count, in place of what was told before: disjoint, in order, whole minutes.
    /// Windows kept by the hour know the minutes of an hour that is cut while those are kept (7 days), and
    /// keep them from then on; told later, they leave out the whole hour.
    /// `edges` are moments within them at which one may end once another is taken back.
    void set_excluded(std::vector<slo::Span> spans, std::vector<std::int64_t> edges = {});

    /// Of [from_s, to_s), cut to the past that is kept, the multiples of `step_s` (whole minutes that divide
    /// an hour) of which nothing is covered, neighbours as one. Beyond the minutes' 7 days: whole hours.
    std::vector<slo::Span> gaps(std::int64_t from_s, std::int64_t to_s, std::int64_t step_s) const;
    /// Takes over steps that are gaps, and leaves out the others: their events are spread evenly. What lies
    /// beyond the minutes' 7 days comes an hour's steps in one call. Answers with the cells that changed
    /// (tier, index).
    std::vector<std::pair<std::size_t, std::int64_t>> fill(std::int64_t step_s, std::span<const Past> past);

    /// By its place in the constructor's list, without what is excluded.
    slo::WindowReading window(std::size_t index) const;
    /// What is excluded of it.
    slo::Excluded excluded(std::size_t index) const;
    /// The last second that was covered; 0: none.
    std::int64_t last_covered() const { return last_covered_; }
    std::int64_t now() const { return now_; }

    /// At most `points` points (2..2,000) of [from_s, to_s), the finest step that fits. Gaps are left out.
    slo::History history(std::int64_t from_s, std::int64_t to_s, int points) const;

    /// What was read in [from_s, to_s), each moment as finely as it is still kept: cells that touch it, in
    /// order and disjoint.
    std::vector<slo::PastCell> past(std::int64_t from_s, std::int64_t to_s) const;

    /// Cells of a tier for saving: those with index (time / step) from `first` on, up to the present.
    std::vector<std::pair<std::int64_t, Cell>> cells(std::size_t tier, std::int64_t first) const;
    /// Nothing when it is not kept.
    const Cell* find(std::size_t tier, std::int64_t index) const;
    /// Puts saved cells back; `restored()` makes the sums of all windows anew as of `second`, and forgets
    /// cells that lie after it (a clock that was set back).
    void restore(std::size_t tier, std::int64_t index, const Cell& cell);
    void restored(std::int64_t second);

    /// Minutes that outlive their tier since an hour is cut there: for saving, and to put back before
    /// restored(). `kept_minutes_version` changes with them.
    std::vector<std::pair<std::int64_t, Cell>> kept_minutes() const;
    void restore_kept_minute(std::int64_t minute, const Cell& cell);
    std::uint64_t kept_minutes_version() const { return kept_version_; }

private:
    struct Tally {
        slo::Counts counts;
        std::int64_t covered_s = 0;

        Tally& operator+=(const Tally& other);
        Tally& operator-=(const Tally& other);
    };
    struct Window {
        std::int64_t length_s = 0;
        std::size_t tier = 0;
        std::int64_t first = 0;  // index of the oldest cell in the sum
        Tally sum;
        Tally excluded;          // a part of the sum
        std::int64_t since = 0;  // of a calendar window: its begin; 0: rolling
    };
    /// Cells in pages that are made when they are first written: a young objective costs little memory.
    struct Ring {
        static constexpr std::size_t page_cells = 128;
        using Page = std::array<Cell, page_cells>;
        std::vector<std::unique_ptr<Page>> pages;
        std::int64_t newest = 0;  // index of the newest cell
    };

    Cell& at(std::size_t tier, std::int64_t index);
    void clear(std::size_t tier, std::int64_t index);
    bool is_gap(std::int64_t begin, std::int64_t end) const;
    void cover(std::int64_t second);
    bool is_excluded(std::int64_t second) const;
    bool keeps_minutes_of(std::int64_t hour) const;
    const Cell* find_minute(std::int64_t minute) const;
    /// What of a cell lies in `spans`.
    Tally inside(std::size_t tier, std::int64_t index, std::span<const slo::Span> spans) const;
    Tally whole(std::size_t tier, std::int64_t index) const;
    void sum_anew(Window& window);
    void keep_minutes();

    std::array<Ring, tiers.size()> rings_;
    std::vector<Window> windows_;
    std::vector<slo::Span> excluded_;
    std::vector<std::int64_t> edges_;
    std::map<std::int64_t, std::vector<Cell>> kept_hours_;  // the 60 minutes of an hour that is cut
    std::uint64_t kept_version_ = 0;
    // Least and greatest ratio of the coarser cells without the second that is being counted: several targets
    // add to it, and only all of them together are its ratio.
    std::array<std::pair<float, float>, tiers.size()> extremes_before_{};
    std::int64_t extremes_second_ = 0;
    std::int64_t now_ = 0;
    std::int64_t last_covered_ = 0;
};

}  // namespace qd::timeseries
