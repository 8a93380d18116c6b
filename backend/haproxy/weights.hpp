#pragma once
// Percent of the traffic as HAProxy's weights: 0..256 for each server, whole. Pure.

#include <optional>
#include <string>

namespace qd::haproxy {

struct ArmSizes {
    unsigned stable = 1, canary = 1, baseline = 0;  // servers

    bool operator==(const ArmSizes&) const = default;
};

/// Of each server of an arm.
struct ArmWeights {
    unsigned stable = 0, canary = 0, baseline = 0;

    bool operator==(const ArmWeights&) const = default;
};

/// The weights that come nearest; nothing when no weights come within half a percent of each arm's share, or
/// an arm without servers is to get traffic. `canary` and `baseline` in percent, together at most 100.
std::optional<ArmWeights> weights_for(double canary, double baseline, const ArmSizes& sizes);

/// Percent that an arm gets by its weights; 0 when nobody gets any.
double canary_percent(const ArmWeights& weights, const ArmSizes& sizes);
double baseline_percent(const ArmWeights& weights, const ArmSizes& sizes);

}  // namespace qd::haproxy
