#pragma once
// Which way of releasing suits: a few answers about a change in, one way with its reason out, and why not the
// others. Pure, and the same for everybody.

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "rollouts/specification.hpp"

namespace qd::rollouts {

enum class Risk { low, medium, high };

/// What the change does to stored data. compatible: both versions can work on it at once.
enum class Migration { none, compatible, breaking };

struct ReleaseAnswers {
    Risk risk = Risk::medium;  // what a mistake in it would cost
    Migration migration = Migration::none;
    bool real_traffic_evidence = false;  // only real requests can show whether it is good
    bool instant_rollback = false;       // all of it must be gone again within seconds
    bool double_capacity = false;        // there is room for a second full set of instances
    bool user_facing = true;             // behaviour that people see; else infrastructure
    bool stateful = false;               // instances hold state of their own
    bool experimental = false;           // a trial that may be dropped again

    bool operator==(const ReleaseAnswers&) const = default;
};

/// A feature flag is no strategy of a rollout: the code comes in switched off, by a rolling one.
enum class ReleaseWay { canary, blue_green, rolling, feature_flag };
constexpr std::array<ReleaseWay, 4> release_ways{ReleaseWay::canary, ReleaseWay::blue_green,
                                                 ReleaseWay::rolling, ReleaseWay::feature_flag};

std::string_view to_string(ReleaseWay way);  // "canary", "blueGreen", "rolling", "featureFlag"
std::string_view to_string(Risk risk);
std::string_view to_string(Migration migration);

struct OtherWay {
    ReleaseWay way = ReleaseWay::canary;
    std::string why_not;  // a sentence

    bool operator==(const OtherWay&) const = default;
};

struct Advice {
    ReleaseWay way = ReleaseWay::canary;
    std::string reason;                 // a sentence
    std::vector<std::string> cautions;  // sentences: what this way does not give although it was asked for
    std::vector<OtherWay> others;       // the three others, the next best first

    bool operator==(const Advice&) const = default;
};

Advice advise(const ReleaseAnswers& answers);

/// To begin with, for `way` whatever was advised; `version` as its target.
Specification starting_specification(ReleaseWay way, const ReleaseAnswers& answers, std::string version);

}  // namespace qd::rollouts
