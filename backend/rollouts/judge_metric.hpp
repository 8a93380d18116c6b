#pragma once
// The verdict on a single metric, in numbers and in words.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rollouts/judge.hpp"
#include "rollouts/sequential.hpp"

namespace qd::rollouts {

struct MetricRule {
    std::string metric;
    std::string reference = "stable";
    double alpha = 0.05;       // of the one-sided test
    double confidence = 0.95;  // of the interval
    std::uint64_t min_sample = 100;
    double borne = 0;  // ratio: points of difference; duration: share of the reference's median
    std::string counted = "requests";  // what the totals are of
};

/// Fills in everything but the arm that is not compared.
MetricVerdict judge_proportions(const MetricRule& rule, std::span<const Proportions> strata);

/// How often samples are looked at.
enum class Looks {
    one,      // once, all of them
    doubling  // any time: what is tested are the first min_sample, then twice as many, and so on, the k-th
              // time at alpha / (k (k + 1)): between two such numbers another look sees the same
};

/// Samples of both arms in the order they came in.
MetricVerdict judge_durations(const MetricRule& rule, std::span<const double> reference,
                              std::span<const double> canary, Looks looks);

}  // namespace qd::rollouts
