#pragma once
// What a replay could not judge, as texts for people. For replay*.cpp only.

#include <string>
#include <vector>

#include "slo/replay.hpp"

namespace qd::slo {

/// "10s & 1m".
std::string windows_of(const BurnRow& row);

class ReplayLimits {
public:
    /// `objective` and `past` outlive it.
    ReplayLimits(const Objective& objective, const Past& past, std::int64_t from_s, std::int64_t to_s);

    /// Each cell once, in order.
    void see(const PastCell& cell, bool left_out, const std::vector<Span>& excluded);
    /// The row's windows touch cells that are too coarse, at this one.
    void not_judged(std::size_t row, const PastCell& cell);
    void too_many_alerts(core::WallTime at);

    std::vector<std::string> texts() const;

private:
    const Objective& objective_;
    const Past& past_;
    std::int64_t from_s_, to_s_;
    std::optional<std::int64_t> first_s_;  // of all cells
    std::int64_t coarse_until_s_ = 0, coarse_step_s_ = 1;
    std::int64_t seen_s_ = 0;  // readings of what was asked for
    std::size_t cut_cells_ = 0;
    std::vector<std::int64_t> rows_;  // until when each is not judged; 0: judged everywhere
    std::optional<core::WallTime> alerts_end_at_;
};

}  // namespace qd::slo
