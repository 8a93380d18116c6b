#pragma once
// What to measure, how often, and what counts as failure: Argo Rollouts' AnalysisTemplate (argoproj.io/v1alpha1)
// as plain values.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace qd::rollouts {

struct TemplateArgument {
    std::string name;
    std::optional<std::string> value;  // its default; without one whoever uses the template gives it

    bool operator==(const TemplateArgument&) const = default;
};

/// prometheus: `query` at `address` (empty: the one opsd is set up with). site: `query` is one of the site's
/// own figures, by arm: "error_ratio", "slow_ratio", "latency_p95", "stall_ratio", "startup_p95",
/// "picture_difference", "picture_ssim". judge: `query` is "ratio" or "latency", compared between the arms; its
/// result is the outcome's word.
struct MetricProvider {
    enum class Kind { prometheus, site, judge };
    Kind kind = Kind::prometheus;
    std::string address;
    std::string query;
    std::string arm = "canary";  // site: whose figure

    bool operator==(const MetricProvider&) const = default;
};

/// Argo's defaults. Limits trip when strictly exceeded.
struct MetricSpec {
    std::string name;
    std::optional<std::chrono::milliseconds> interval;
    std::chrono::milliseconds initial_delay{0};
    std::optional<std::uint64_t> count;  // absent: once without an interval, else until the run is ended
    std::string success_condition, failure_condition;  // e.g. "result[0] >= 0.95"; at most 1,000 bytes
    std::int64_t failure_limit = 0;                    // -1: no limit
    std::int64_t inconclusive_limit = 0;
    std::int64_t consecutive_error_limit = 4;
    std::optional<std::uint64_t> consecutive_success_limit;
    MetricProvider provider;

    bool operator==(const MetricSpec&) const = default;
};

struct AnalysisTemplate {
    std::string name;
    std::vector<TemplateArgument> args;
    std::vector<MetricSpec> metrics;

    bool operator==(const AnalysisTemplate&) const = default;
};

}  // namespace qd::rollouts
