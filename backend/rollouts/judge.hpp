#pragma once
// Is the canary worse than stable (or than the baseline of an experiment), and how sure is that? Pure
// arithmetic on what was counted.
//
// A metric fails when two things hold: the evidence that the canary is worse is conclusive, by a test that
// may be looked at any time (sequential.hpp), and it is worse by more than the specification bears. 1 -
// confidence bounds the probability that a rollout without a difference ever fails, over all its metrics and
// all looks together. What each metric may spend of it is fixed: errors 88 %, slowness 6 %, and 2 % each the
// stalls, the pictures and the start-ups that players report.
//
// THE SEAM: the test needs everything since the canary got traffic, not a sliding window. So it takes strata:
// a new one whenever the split changes, each with the counts of its own time, oldest first. Counts are never
// added up over a change of the split.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "rollouts/specification.hpp"
#include "rollouts/statistics.hpp"

namespace qd::rollouts {

/// What one arm served.
struct ArmCounts {
    std::uint64_t requests = 0;
    std::uint64_t errors = 0;  // of requests
    std::uint64_t timed = 0;   // requests whose latency is known
    std::uint64_t slow = 0;    // of timed: above the threshold

    bool operator==(const ArmCounts&) const = default;
};

/// What the players of one arm report. All 0 and empty: nobody measures it.
struct PlayerCounts {
    std::uint64_t sessions = 0, stalled = 0;  // stalled: of sessions
    std::uint64_t frames = 0, different = 0;  // different: of frames compared with the stable path's
    std::vector<double> startup_s;            // in the order they came in; the first 100,000 count

    bool operator==(const PlayerCounts&) const = default;
};

struct ArmEvidence {
    ArmCounts counts;
    PlayerCounts players;

    bool operator==(const ArmEvidence&) const = default;
};

/// A time during which the split did not change.
struct Stratum {
    ArmEvidence stable, canary;
    std::optional<ArmEvidence> baseline;  // stable's version, started with the canary

    bool operator==(const Stratum&) const = default;
};

enum class Outcome { pass, marginal, fail, not_enough_data };

std::string_view to_string(Outcome outcome);
std::optional<Outcome> parse_outcome(std::string_view text);

struct MetricVerdict {
    std::string metric;  // "error ratio" | "ratio slower than 0.2 s" | "stall ratio" | "picture difference" |
                         // "start-up time"
    Outcome outcome = Outcome::not_enough_data;
    std::uint64_t stable_total = 0, stable_bad = 0;  // start-up time: samples, and 0
    std::uint64_t canary_total = 0, canary_bad = 0;
    std::optional<double> stable_ratio, canary_ratio;  // nothing of nothing is not known
    std::optional<double> difference;                  // canary - reference, in `unit`
    std::optional<double> low, high;                   // its two-sided interval at the confidence asked for
    std::optional<double> p_value;  // one-sided, of a single look: chance of this or more were it no worse
    std::optional<double> effect;   // Cohen's h; 0.2 small, 0.5 medium, 0.8 large. "rank": P(canary slower)
    std::string test;               // what p_value is of: "z" | "fisher" | "rank"; empty when none was made
    std::string explanation;        // numbers, how sure, why this outcome
    std::string would_change;       // what would make it another
    std::string reference = "stable";  // what the canary is compared with: "stable" | "baseline"
    std::uint64_t baseline_total = 0, baseline_bad = 0;
    std::optional<double> baseline_ratio;
    std::optional<double> anytime_p;  // holds however often one looks; below alpha it is conclusive
    std::optional<double> alpha;      // what this metric may spend of 1 - confidence
    std::optional<double> borne;      // a difference up to this is no reason to fail, in `unit`
    std::string unit = "ratio";       // "ratio" | "s"
    std::optional<double> stable_median, canary_median, baseline_median;  // start-up time, seconds

    bool operator==(const MetricVerdict&) const = default;
};

struct Verdict {
    Outcome outcome = Outcome::not_enough_data;  // the worst: fail, not_enough_data, marginal, pass; what
                                                 // players report holds nothing up while it is too little
    double confidence = 0.95;
    double window_s = 0;  // of the counts behind it
    core::WallTime as_of;
    std::vector<MetricVerdict> metrics;
    std::string explanation;  // of the metric that decided

    bool operator==(const Verdict&) const = default;
};

/// Counts with more bad than all are taken as all bad. The baseline is the reference as soon as it has
/// analysis.min_sample requests: it started when the canary did. Thread-safe.
Verdict judge(std::span<const Stratum> strata, const Analysis& analysis, core::WallTime as_of);

}  // namespace qd::rollouts
