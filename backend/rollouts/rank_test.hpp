#pragma once
// Mann-Whitney's U test of two samples, with the Hodges-Lehmann estimate of the shift between them and its
// interval. The normal approximation with ties and with a correction for continuity of 0.5; the interval is
// where the test of a shift by mu is not significant, found as R's wilcox.test does it, over
// [min x - max y, max x - min y]. Source: Hollander, Wolfe, Chicken, "Nonparametric Statistical Methods",
// 3rd ed., 4.1 to 4.3.

#include <optional>
#include <span>

#include "rollouts/statistics.hpp"

namespace qd::rollouts {

struct RankTest {
    double u = 0;            // pairs where x is larger; a tie counts half
    double p_greater = 0.5;  // one-sided: chance of so large a U or a larger one if x were no larger than y
    double p_two_sided = 1;
    double estimate = 0;               // Hodges-Lehmann: x is larger than y by this
    Interval interval;                 // its two-sided interval
    double superiority = 0.5;          // P(x > y), a tie counts half: "CLES"
    std::optional<double> mean_ratio;  // of x to y; nothing where y's mean is 0
    double median_x = 0, median_y = 0;
};

/// Nothing where a sample is empty, holds a value that is not finite, or where all values are the same.
/// `confidence` in (0, 1). n log n.
std::optional<RankTest> rank_test(std::span<const double> x, std::span<const double> y, double confidence);

}  // namespace qd::rollouts
