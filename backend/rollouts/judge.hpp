#pragma once
// Is the canary worse than stable, and how sure is that? Pure arithmetic on counts.
//
// Each metric is a proportion: bad requests of all requests. The one-sided hypothesis "the canary's
// proportion is higher" is tested by the pooled two-proportion z-test, or by Fisher's exact test where an
// expected count is below 5; the interval of the difference is Newcombe's (1998, method 10, from Wilson
// intervals). An arm is failed only when the difference is both significant and larger than what the
// specification bears.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "rollouts/specification.hpp"

namespace qd::rollouts {

/// What one arm served within a window.
struct ArmCounts {
    std::uint64_t requests = 0;
    std::uint64_t errors = 0;  // of requests
    std::uint64_t timed = 0;   // requests whose latency is known
    std::uint64_t slow = 0;    // of timed: above the threshold

    bool operator==(const ArmCounts&) const = default;
};

enum class Outcome { pass, marginal, fail, not_enough_data };

std::string_view to_string(Outcome outcome);
std::optional<Outcome> parse_outcome(std::string_view text);

struct MetricVerdict {
    std::string metric;  // "error ratio" | "ratio slower than 0.2 s"
    Outcome outcome = Outcome::not_enough_data;
    std::uint64_t stable_total = 0, stable_bad = 0;
    std::uint64_t canary_total = 0, canary_bad = 0;
    std::optional<double> stable_ratio, canary_ratio;  // nothing of nothing is not known
    std::optional<double> difference;                  // canary - stable
    std::optional<double> low, high;                   // its two-sided interval at the confidence asked for
    std::optional<double> p_value;  // one-sided: chance of this or more if the canary were no worse
    std::optional<double> effect;   // Cohen's h; 0.2 small, 0.5 medium, 0.8 large
    std::string test;               // "z" | "fisher"; empty when none was made
    std::string explanation;        // numbers, how sure, why this outcome
    std::string would_change;       // what would make it another

    bool operator==(const MetricVerdict&) const = default;
};

struct Verdict {
    Outcome outcome = Outcome::not_enough_data;  // the worst: fail, not_enough_data, marginal, pass
    double confidence = 0.95;
    double window_s = 0;
    core::WallTime as_of;
    std::vector<MetricVerdict> metrics;
    std::string explanation;  // of the metric that decided

    bool operator==(const Verdict&) const = default;
};

/// Counts with more bad than all are taken as all bad.
Verdict judge(const ArmCounts& stable, const ArmCounts& canary, const Analysis& analysis,
              core::WallTime as_of);

/// The parts, for those who want to check them.
struct Interval {
    double low = 0, high = 0;
};
/// Wilson's score interval, two-sided.
Interval wilson(std::uint64_t bad, std::uint64_t total, double confidence);
/// Newcombe's interval of p2 - p1.
Interval newcombe(std::uint64_t bad1, std::uint64_t total1, std::uint64_t bad2, std::uint64_t total2,
                  double confidence);
/// One-sided p of the pooled z-test that p2 > p1; 0.5 when both are all good or all bad.
double two_proportion_p(std::uint64_t bad1, std::uint64_t total1, std::uint64_t bad2, std::uint64_t total2);
/// One-sided p of Fisher's exact test that arm 2 has more bad than chance would give it.
double fisher_p(std::uint64_t bad1, std::uint64_t total1, std::uint64_t bad2, std::uint64_t total2);
/// Quantile of the standard normal distribution, 0 < p < 1 (Acklam's approximation, one Halley step).
double normal_quantile(double p);

}  // namespace qd::rollouts
