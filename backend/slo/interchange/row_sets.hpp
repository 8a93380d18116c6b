#pragma once
// Burn rows for objectives that bring none: the two sets that everyone knows, scaled to a window.

#include <vector>

#include "slo/objective.hpp"

namespace qd::slo::interchange {

enum class RowSet {
    google,  // SRE workbook, chapter 5, at 30 days: 14.4 on 5m & 1h, 6 on 30m & 6h, 3 on 2h & 1d, 1 on 6h &
             // 3d
    pyrra,   // at 28 days: 14 on 5m & 1h, 7 on 30m & 6h, 2 on 2h & 1d, 1 on 6h & 4d
};

/// Rows for an objective of `window_s` (>= 60) and `target` in (0, 1), the fastest first, at least one.
/// Windows are scaled by window_s, to whole minutes from two minutes on and whole seconds below, short ones
/// never below 10 s nor long ones below 60 s; of rows that thereby get the same windows one stays, with the
/// lowest factor and the highest severity. A
/// row that could never fire (factor above 1 / (1 - target)) is left out. The first two page (SEV2), the
/// others are tickets (SEV3). 10 events in the short window and 3 bad ones in the long one are needed, for
/// indicators of time 10 s and 3 s.
std::vector<BurnRow> scaled_rows(RowSet set, std::int64_t window_s, double target,
                                 const Indicator& indicator);

}  // namespace qd::slo::interchange
