#pragma once
// What a rollout is to do, in YAML or JSON of the shape that Argo Rollouts uses for canary steps:
//
//   kind: Rollout                     # optional, as are apiVersion and metadata
//   metadata: {name: new-packager}
//   spec:
//     strategy:
//       canary:
//         steps:
//         - setWeight: 10
//         - pause: {duration: 1h}     # s, m, h, or a number of seconds
//         - analysis: {}              # {duration: 30s}: judge what at least that long has shown
//         - analysis: {templates: [{templateName: errors}], args: [{name: limit, value: "0.1"}]}
//         - pause: {}                 # until somebody resumes
//         - setCanaryScale: {replicas: 2}   # or weight, or matchTrafficWeight: true
//         - setHeaderRoute: {name: qa, match: [{headerName: x-qa, headerValue: {exact: "1"}}]}
//         - setMirrorRoute: {name: copy, percentage: 10, match: [{path: {prefix: /media/}}]}
//         - experiment: {duration: 5m, templates: [{name: base, specRef: stable, weight: 5}],
//                        analyses: [{templateName: errors}]}
//         - setWeight: 100
//         analysis: {templates: [{templateName: errors}], startingStep: 1}   # in the background
//         routeCookie: arm            # and ours: split: session | roundRobin
//         abortScaleDownDelaySeconds: 30
//       # or blueGreen: {previewReplicaCount, autoPromotionEnabled, autoPromotionSeconds, prePromotionAnalysis,
//       #                postPromotionAnalysis, scaleDownDelaySeconds}
//       # or ours, rolling: {maxUnavailable, maxSurge, minReadySeconds, progressDeadlineSeconds}
//     target: {version: v2, instances: 1, faults: [{kind: delay, amount: 400, ratio: 0.5}], program: next,
//              flags: {player: new}}
//     analysis: {onFailure: pause, confidence: 0.95, window: 60s, minSample: 100, …}
//     approvals: 1
//     group: packagers
//     driver: gateway
//     rollbackWindow: {revisions: 3}
//
// AnalysisTemplates come as documents of their own ("---" between them) or in a list under `spec.templates`; the
// provider of a metric is prometheus: {query, address}, site: {query, arm} or judge: {query}.
// The mapping under `spec` may stand alone. Without a target, the version is the tag of the first image under
// `spec.template`. What else is not listed here is refused or passed over: see specification_remarks.hpp.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "rollouts/analysis_template.hpp"
#include "traffic/plan.hpp"

namespace qd::rollouts {

enum class Strategy { canary, blue_green, rolling };

std::string_view to_string(Strategy strategy);  // Argo's keys: "canary", "blueGreen"; "rolling" is ours
std::optional<Strategy> parse_strategy(std::string_view text);

/// Templates to run, with values for their arguments. Empty `templates`: the judge described by `analysis`.
struct AnalysisUse {
    std::vector<std::string> templates;
    std::map<std::string, std::string> args;
    std::size_t starting_step = 0;  // of a run in the background: from this step on

    bool operator==(const AnalysisUse&) const = default;
};

enum class StepKind {
    set_weight,
    pause,
    analysis,
    set_canary_scale,
    set_header_route,
    set_mirror_route,
    experiment,
};

std::string_view to_string(StepKind kind);  // Argo's keys: "setWeight", "pause", "setHeaderRoute", …

/// How many canaries: a number, a share of the stable ones (percent), or as the traffic's weight says.
struct CanaryScale {
    std::optional<unsigned> replicas;  // 0..8
    std::optional<unsigned> weight;    // 0..100
    bool match_traffic_weight = false;

    bool operator==(const CanaryScale&) const = default;
};

/// One set of instances of an experiment beside the stable arm: "stable" or "canary" of the rollout. A set of
/// the stable version is the arm "baseline": as new as the canary, and of the same size.
struct ExperimentSet {
    std::string name;
    std::string version = "stable";  // specRef: stable | canary
    unsigned replicas = 1;           // 1..8
    unsigned weight = 0;             // percent of the traffic; 0: none

    bool operator==(const ExperimentSet&) const = default;
};

struct Experiment {
    std::vector<ExperimentSet> sets;  // 1..4
    std::vector<AnalysisUse> analyses;

    bool operator==(const Experiment&) const = default;
};

struct Step {
    StepKind kind = StepKind::set_weight;
    unsigned weight = 0;  // set_weight: percent, 0..100
    std::optional<std::chrono::milliseconds>
        duration;  // pause: absent = until resumed; analysis: at least so long; experiment: so long
    AnalysisUse analysis;
    CanaryScale scale;
    traffic::HeaderRoute header_route;  // no match: the route of that name is taken away
    traffic::MirrorRoute mirror;        // no percentage: the route of that name is taken away
    Experiment experiment;

    bool operator==(const Step&) const = default;
};

/// "setWeight 10", "pause 1 h", "pause until resumed", "analysis".
std::string describe(const Step& step);

struct BlueGreen {
    unsigned preview_instances = 0;  // 0: as many as the stable arm has
    bool auto_promotion = true;
    std::optional<std::chrono::milliseconds> auto_promotion_after;  // once the preview is ready
    std::optional<AnalysisUse> pre_promotion, post_promotion;
    std::chrono::milliseconds scale_down_delay{30'000};  // the former version runs on so long: undo is instant

    bool operator==(const BlueGreen&) const = default;
};

struct Rolling {
    unsigned max_unavailable = 1;  // of the stable arm's instances; 0 only where max_surge is not
    unsigned max_surge = 1;
    std::chrono::milliseconds min_ready{5'000};  // a new instance serves so long before the next is replaced
    std::chrono::milliseconds progress_deadline{600'000};  // no progress for so long: held

    bool operator==(const Rolling&) const = default;
};

/// A fault the target version is born with, to rehearse a bad release (wire's fault without target). Those
/// after `partition` are of the process rather than of its answers.
struct BornFault {
    std::string kind;     // delay | error | reset | corrupt | partition | playlist | leak | crash | hang | no_start
    double amount = 0;    // delay: milliseconds; error: the HTTP status, 0 = 503; see chaos/fault.hpp
    double ratio = 1;     // of requests, above 0 to 1
    double for_s = 3600;  // ends by itself, at most 86,400
    std::string route;    // a prefix of the path; empty: all

    bool operator==(const BornFault&) const = default;
};

struct TargetVersion {
    std::string label;              // letters, digits, '.', '_', '-'; at most 63 bytes
    unsigned instances = 1;         // 1..8
    std::vector<BornFault> faults;  // at most 8
    std::string program;  // another build of streamd, by its name in the site's `versions`; empty: the site's
    std::map<std::string, std::string> flags;  // flag -> variant that these instances serve; at most 32

    bool operator==(const TargetVersion&) const = default;
};

/// What a failed analysis does: tell, hold the rollout, or abort it.
enum class Trust { advise, pause, abort };

std::string_view to_string(Trust trust);

/// The site's own judge on its own counters.
struct Analysis {
    Trust on_failure = Trust::pause;           // also of runs of templates
    double confidence = 0.95;                  // 0.5..0.9999
    std::chrono::milliseconds window{60'000};  // counts of the last so long are compared; 5 s..1 h
    std::uint64_t min_sample = 100;            // requests per arm, 10..1,000,000
    double max_error_increase = 0.005;         // canary - stable, 0..1: less is no reason to fail
    double max_slow_increase = 0.05;
    double latency_threshold_s = 0.2;  // slower is "slow"; one of the histogram's bounds
    unsigned failure_limit = 2;        // so many failed judgements in a row (a second apart) are borne
    bool background = true;            // judge during all steps, not only in `analysis` steps

    bool operator==(const Analysis&) const = default;
};

struct Specification {
    std::string name;  // metadata.name; empty: the target's label
    Strategy strategy = Strategy::canary;
    std::vector<Step> steps;                // of a canary: 1..64
    std::optional<AnalysisUse> background;  // of a canary: strategy.canary.analysis
    std::string route_cookie;               // of a canary: its value "canary" or "stable" picks the arm; empty: none
    traffic::SplitMode split = traffic::SplitMode::session;
    std::chrono::milliseconds abort_scale_down_delay{30'000};
    BlueGreen blue_green;  // of a blue-green one
    Rolling rolling;       // of a rolling one
    TargetVersion target;
    Analysis analysis;
    std::vector<AnalysisTemplate> templates;  // those that came with it
    unsigned approvals = 0;      // 0..5: so many other people approve before it begins to take traffic
    std::string group;           // rollouts of one group are stepped as one; empty: alone
    std::string driver;          // "gateway" (default when empty), or a router's name in opsd's configuration
    unsigned rollback_window = 3;  // so many earlier versions are gone back to without steps; 0..50

    bool operator==(const Specification&) const = default;
};

/// Errc::invalid_argument as "line 7: mirrorTraffic: …"; texts beyond 64 KiB are Errc::too_large. JSON is
/// read as the YAML it is.
core::Result<Specification> parse_specification(std::string_view text);

/// What POST /rollouts takes: a specification with `reason` and `override` beside the other top-level keys.
struct StartRequest {
    Specification specification;
    std::string reason;            // at most 2,000 bytes
    bool override_freeze = false;  // start although a SEV1 or SEV2 incident is open
};
core::Result<StartRequest> parse_start_request(std::string_view text);

/// Canonical JSON of the shape above; parse_specification() reads it back to an equal value.
std::string to_json_text(const Specification& specification);

/// The faults as the JSON array that the site's control socket takes; empty when there is none.
std::string faults_json(const TargetVersion& target);

/// "30s", "5m", "1h30m", "250ms", "12.5" (seconds). At most 7 days.
core::Result<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace qd::rollouts
