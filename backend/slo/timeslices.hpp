#pragma once
// Budgets by time instead of by events: time is cut into slices, and a slice is one event, good when enough
// of what was counted in it was.

#include <cstdint>
#include <optional>

#include "slo/counts.hpp"

namespace qd::slo {

struct Timeslices {
    std::int64_t slice_s = 60;  // divides an hour: slices begin with the hour
    double target = 0;          // the ratio of good events that makes a slice good, in (0, 1]

    bool operator==(const Timeslices&) const = default;
};

/// Gathers the events of the present slice. A slice without events is no event: nothing is known of it. Not
/// thread-safe.
class SliceJudge {
public:
    explicit SliceJudge(Timeslices slices) : slices_(slices) {}

    void add(std::int64_t at_s, const Counts& counts) {
        slice_ = at_s / slices_.slice_s;
        gathered_ += counts;
    }
    /// The time is now `at_s`: the slice that has ended, if it had events, as one event.
    std::optional<Counts> pass_to(std::int64_t at_s) {
        if (at_s / slices_.slice_s == slice_) return std::nullopt;
        const Counts ended = gathered_;
        gathered_ = {};
        slice_ = at_s / slices_.slice_s;
        if (ended.total == 0) return std::nullopt;
        // The slack is for rounding: exactly on target is good.
        const bool good = double(ended.good) >= slices_.target * double(ended.total) * (1 - 1e-12);
        return Counts{good ? 1u : 0u, 1};
    }
    /// Forgets the present slice: a clock that was set back.
    void reset() { gathered_ = {}; }

private:
    Timeslices slices_;
    std::int64_t slice_ = 0;
    Counts gathered_;
};

}  // namespace qd::slo
