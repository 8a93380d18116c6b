#pragma once
// What a stretch of time teaches: how fast incidents were detected and resolved, how often things failed and
// why, what deployments did, and what it cost. Every figure with its formula and what it was made from; what
// is not known is absent, never 0. Values only.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "incidents/incident.hpp"
#include "learning/distribution.hpp"
#include "rollouts/rollout.hpp"
#include "slo/exclusion.hpp"

namespace qd::learning {

/// Which episodes count: those that began in [from, to), of this service (empty: all) and severity.
struct Query {
    core::WallTime from{};
    core::WallTime to{};  // after `from`
    std::string service;
    std::optional<incidents::Severity> severity;

    bool operator==(const Query&) const = default;
};

/// An interval and the events of the incident's journal that begin and end it.
struct Source {
    std::string incident;
    std::string title;
    std::string service;
    incidents::Severity severity = incidents::Severity::sev3;
    std::size_t episode = 1;  // 1: the first; each reopening adds one
    core::WallTime at{};      // the episode's start
    std::chrono::milliseconds value{};
    std::vector<std::uint64_t> events;  // seqs; empty: the journal was not at hand

    bool operator==(const Source&) const = default;
};

struct Bucket {
    core::WallTime from{}, to{};
    std::optional<Distribution> spread;  // nothing: no value began in it

    bool operator==(const Bucket&) const = default;
};

inline constexpr std::size_t most_sources = 200;  // listed per measure, the newest
inline constexpr std::size_t most_groups = 200, most_factors = 100, most_deployments = 200, most_costs = 100;

struct Measure {
    std::string name;                               // "MTTD", "MTTA", "MTTM", "MTTR", "MTBF"
    std::string title;                              // "mean time to detect"
    std::string formula;                            // "detected_at - started_at"
    std::optional<std::chrono::milliseconds> mean;  // MTBF's is uptime / outages, the others' that of spread
    std::optional<Distribution> spread;
    std::string note;             // why something is unknown, or what was left out; may be empty
    std::vector<Source> sources;  // the newest first, at most most_sources
    std::size_t sources_total = 0;
    std::vector<Bucket> buckets;
    Trend trend;

    bool operator==(const Measure&) const = default;
};

/// The same measures of one service and severity, without their sources.
struct GroupMeasure {
    std::string name;
    std::optional<std::chrono::milliseconds> mean;
    std::optional<Distribution> spread;

    bool operator==(const GroupMeasure&) const = default;
};
struct Group {
    std::string service;
    std::optional<incidents::Severity> severity;  // nothing: all of the service
    std::size_t incidents = 0;
    std::vector<GroupMeasure> measures;

    bool operator==(const Group&) const = default;
};

/// What MTBF was made from.
struct Uptime {
    std::optional<core::WallTime> counted_from;  // the range's begin, or when counting began, if later
    std::chrono::milliseconds up{}, impact{}, maintenance{};
    std::size_t outages = 0;

    bool operator==(const Uptime&) const = default;
};

struct Factor {
    std::string text;
    std::string origin;  // "post-mortem" | "suspect"
    std::size_t count = 0;
    std::vector<std::string> incidents;  // the newest first, at most 50

    bool operator==(const Factor&) const = default;
};

struct Deployment {
    std::string rollout;
    std::string version;
    core::WallTime at{};
    std::string outcome;  // "completed" | "rolled back" (by a later rollout) | "aborted" | "undone" | "under way"
    std::vector<std::string> incidents;  // those that suspect it, at most 50
    bool failed = false;    // it did not complete, was rolled back, or an incident suspects it
    bool rollback = false;  // it goes back to a version that served before: no change of its own
    std::string strategy;   // rollouts::to_string()
    std::string driver;
    std::string actor;                                  // who started it
    std::string reason;                                 // and why; empty where that is not known any more
    std::optional<std::chrono::milliseconds> duration;  // to its end
    std::string verdict;                                // rollouts::to_string() of the last; empty: none

    bool operator==(const Deployment&) const = default;
};

/// Deployment frequency, change-failure rate and time to restore, as the DORA programme defines them.
struct Delivery {
    std::size_t finished = 0, completed = 0, failed = 0, under_way = 0;
    std::optional<double> per_day;       // completed / days
    std::optional<double> failure_rate;  // failed / finished, 0..1
    std::optional<Distribution> restore;
    std::string frequency_formula, failure_formula, restore_formula;
    std::vector<Source> restore_sources;
    std::vector<Deployment> deployments;  // the newest first, at most most_deployments
    std::size_t deployments_total = 0;

    bool operator==(const Delivery&) const = default;
};

/// What one incident cost of one objective's budget.
struct Cost {
    std::string incident;
    std::string incident_title;
    std::string objective;
    std::string objective_title;
    double bad = 0;  // events from impact to mitigation
    double total = 0;
    std::optional<double> allowed;  // bad events that the objective's window allows now
    std::optional<double> spent;    // bad / allowed; may be above 1
    std::string unknown;            // why not; empty when it is known

    bool operator==(const Cost&) const = default;
};

struct Report {
    Query query;
    core::WallTime as_of{};
    std::size_t counted = 0, cancelled = 0, merged = 0;  // incidents with an episode in the range
    std::string bucket;                                  // "week" | "month"
    std::vector<Measure> measures;
    std::vector<Group> groups;
    std::size_t groups_left_out = 0;
    Uptime uptime;
    std::string factors_note;  // where they are from
    std::vector<Factor> factors;
    Delivery delivery;
    std::string cost_formula;
    std::vector<Cost> costs;            // the newest incidents first
    std::size_t costs_of = 0;           // so many incidents were looked at …
    std::size_t costs_total = 0;        // … of so many
    std::vector<std::string> services;  // that have incidents at all, sorted

    bool operator==(const Report&) const = default;
};

/// The journal's events at the ends of one episode; 0: not found.
struct EpisodeEvents {
    std::uint64_t started = 0, detected = 0, acknowledged = 0, mitigated = 0, resolved = 0;

    bool operator==(const EpisodeEvents&) const = default;
};

struct TaggedFactors {
    std::string incident;
    std::vector<std::string> factors;
};

struct Watched {
    slo::SloId objective;
    std::string service;
};

/// What a report is made from. Spans must outlive the call.
struct Material {
    std::span<const incidents::Incident> incidents;
    std::span<const rollouts::Rollout> rollouts;
    std::span<const slo::Exclusion> exclusions;
    std::span<const Watched> watched;             // whose maintenance it is
    std::optional<core::WallTime> counted_since;  // before it nobody knows whether the site was up
    std::span<const TaggedFactors> factors;       // of post-mortems
    std::span<const Cost> costs;
    std::size_t costs_of = 0, costs_total = 0;
    /// Asked for the listed sources only; may be empty.
    std::function<std::vector<EpisodeEvents>(const incidents::Incident&)> events_of;
};

}  // namespace qd::learning
