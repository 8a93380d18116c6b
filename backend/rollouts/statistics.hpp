#pragma once
// Proportions compared, by formula. Everything here is for one look at the data; sequential.hpp is for many.

#include <cstdint>

namespace qd::rollouts {

struct Interval {
    double low = 0, high = 0;
};

/// Wilson's score interval, two-sided.
Interval wilson(std::uint64_t bad, std::uint64_t total, double confidence);
/// Newcombe's interval of p2 - p1 (1998, method 10, from Wilson intervals).
Interval newcombe(std::uint64_t bad1, std::uint64_t total1, std::uint64_t bad2, std::uint64_t total2,
                  double confidence);
/// One-sided p of the pooled z-test that p2 > p1; 0.5 when both are all good or all bad.
double two_proportion_p(std::uint64_t bad1, std::uint64_t total1, std::uint64_t bad2, std::uint64_t total2);
/// One-sided p of Fisher's exact test that arm 2 has more bad than chance would give it.
double fisher_p(std::uint64_t bad1, std::uint64_t total1, std::uint64_t bad2, std::uint64_t total2);
/// Cohen's effect size of two proportions; 0.2 small, 0.5 medium, 0.8 large; positive when the second is
/// more.
double cohens_h(double ratio1, double ratio2);
/// Quantile of the standard normal distribution, 0 < p < 1 (Acklam's approximation, one Halley step).
double normal_quantile(double p);
/// P(Z > z) of the standard normal distribution.
double upper_tail(double z);

}  // namespace qd::rollouts
