#pragma once
// What was counted in a window, and for how much of it anything was known at all.

#include <algorithm>
#include <cstdint>
#include <string>

#include "slo/counts.hpp"

namespace qd::slo {

struct WindowReading {
    std::int64_t window_s = 0;   // the length asked for, > 0
    std::int64_t covered_s = 0;  // seconds of it for which there was a reading; the rest is a gap
    Counts counts;

    /// In [0, 1].
    double coverage() const {
        return window_s <= 0 ? 0.0 : std::min(1.0, double(covered_s) / double(window_s));
    }
    /// Events per second while there were readings; 0 without any.
    double total_rate() const { return covered_s <= 0 ? 0.0 : double(counts.total) / double(covered_s); }
    double bad_rate() const { return covered_s <= 0 ? 0.0 : double(counts.bad()) / double(covered_s); }

    bool operator==(const WindowReading&) const = default;
};

/// Two neighbouring windows as one.
inline WindowReading join(const WindowReading& earlier, const WindowReading& later) {
    return {earlier.window_s + later.window_s, earlier.covered_s + later.covered_s,
            earlier.counts + later.counts};
}

/// How much of the window is known, for people: "9 of 28 days", "40 minutes of 28 days", "60 of 60 minutes".
std::string describe_coverage(const WindowReading& window);

}  // namespace qd::slo
