#pragma once
// Windows that slide over stored cells of different lengths. For replay.cpp only.

#include <cstdint>
#include <vector>

#include "slo/replay.hpp"

namespace qd::slo {

/// A cell with what a replay knows of it.
struct ReplayCell {
    PastCell past;
    bool excluded = false;
    std::int64_t looks = 1;  // at how many seconds of it the objective is evaluated
};

/// One window: cells enter at its end and leave where it begins. Not thread-safe.
class PastWindow {
public:
    /// Begins at a multiple of edge_step_s. Cells longer than `finest_s` are too coarse for whoever asks.
    PastWindow(std::int64_t length_s, std::int64_t edge_step_s, std::int64_t finest_s)
        : length_s_(length_s), edge_step_s_(edge_step_s), finest_s_(finest_s) {}

    void add(const ReplayCell& cell) { count(cell, +1); }
    /// The present second is `second`: what lies before the window leaves it.
    void slide(const std::vector<ReplayCell>& cells, std::int64_t second);
    /// A calendar window: it begins with the period and is as long as that is.
    void begin(const std::vector<ReplayCell>& cells, const Span& period);

    WindowReading reading() const;
    Excluded excluded() const { return {excluded_counts_, excluded_s_, false}; }
    bool too_coarse() const { return coarse_ > 0; }

private:
    void count(const ReplayCell& cell, int sign);
    void leave_before(const std::vector<ReplayCell>& cells, std::int64_t edge_s);

    std::int64_t length_s_, edge_step_s_, finest_s_;
    std::size_t first_ = 0;
    std::int64_t covered_s_ = 0, excluded_s_ = 0, coarse_ = 0;
    Counts counts_, excluded_counts_;
    bool calendar_ = false;
};

}  // namespace qd::slo
