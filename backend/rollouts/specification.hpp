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
//         - pause: {}                 # until somebody resumes
//         - setWeight: 100
//     target: {version: v2, instances: 1, faults: [{kind: delay, amount: 400, ratio: 0.5}]}
//     analysis: {onFailure: pause, confidence: 0.95, window: 60s, minSample: 100, …}
//
// The mapping under `spec` may stand alone. What is not listed here is refused with its line, above all keys
// of Argo Rollouts that this engine does not implement.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace qd::rollouts {

enum class StepKind { set_weight, pause, analysis };

std::string_view to_string(StepKind kind);  // "setWeight", "pause", "analysis"

struct Step {
    StepKind kind = StepKind::set_weight;
    unsigned weight = 0;  // set_weight: percent, 0..100
    std::optional<std::chrono::milliseconds>
        duration;  // pause: absent = until resumed; analysis: at least so long

    bool operator==(const Step&) const = default;
};

/// "setWeight 10", "pause 1 h", "pause until resumed", "analysis".
std::string describe(const Step& step);

/// A fault the target version is born with, to rehearse a bad release (wire's fault without target).
struct BornFault {
    std::string kind;     // delay | error | reset | corrupt | partition
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

    bool operator==(const TargetVersion&) const = default;
};

/// What a failed analysis does: tell, hold the rollout, or abort it.
enum class Trust { advise, pause, abort };

std::string_view to_string(Trust trust);

struct Analysis {
    Trust on_failure = Trust::pause;
    double confidence = 0.95;                  // 0.5..0.9999
    std::chrono::milliseconds window{60'000};  // counts of the last so long are compared; 5 s..1 h
    std::uint64_t min_sample = 100;            // requests per arm, 10..1,000,000
    double max_error_increase = 0.01;          // canary - stable, 0..1: less is no reason to fail
    double max_slow_increase = 0.05;
    double latency_threshold_s = 0.2;  // slower is "slow"; one of the histogram's bounds
    unsigned failure_limit = 2;        // so many failed judgements in a row (a second apart) are borne
    bool background = true;            // judge during all steps, not only in `analysis` steps

    bool operator==(const Analysis&) const = default;
};

struct Specification {
    std::string name;                 // metadata.name; empty: the target's label
    std::string strategy = "canary";  // the only one so far
    std::vector<Step> steps;          // 1..64
    TargetVersion target;
    Analysis analysis;

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
