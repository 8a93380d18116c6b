#include <algorithm>

#include "kubernetes/lenient.hpp"
#include "kubernetes/rollout_object.hpp"

namespace qd::kubernetes {
namespace {

using lenient::at;
using nlohmann::json;
using rollouts::RunPhase;

constexpr std::size_t most_metrics = 100;
constexpr std::size_t most_measurements = 10;
constexpr std::size_t most_value_bytes = 1'000;

RunPhase run_phase(const json& value) {
    const std::string word = lenient::text(value);
    if (word == "Running") return RunPhase::running;
    if (word == "Successful") return RunPhase::successful;
    if (word == "Failed") return RunPhase::failed;
    if (word == "Error") return RunPhase::error;
    return word == "Inconclusive" ? RunPhase::inconclusive : RunPhase::pending;
}

std::string purpose_of(const std::string& type) {
    if (type == "Background") return "background";
    if (type == "PrePromotion") return "pre_promotion";
    if (type == "PostPromotion") return "post_promotion";
    return type == "Experiment" ? "experiment" : "step";
}

rollouts::MetricSpec metric_spec(const json& value) {
    rollouts::MetricSpec spec;
    spec.name = lenient::text(at(value, "name"));
    if (const auto interval = rollouts::parse_duration(lenient::text(at(value, "interval"))))
        spec.interval = *interval;
    if (const auto delay = rollouts::parse_duration(lenient::text(at(value, "initialDelay"))))
        spec.initial_delay = *delay;
    if (const auto count = lenient::number(at(value, "count")); count && *count >= 0)
        spec.count = std::uint64_t(*count);
    spec.success_condition = lenient::text(at(value, "successCondition"));
    spec.failure_condition = lenient::text(at(value, "failureCondition"));
    spec.failure_limit = lenient::number(at(value, "failureLimit")).value_or(0);
    spec.inconclusive_limit = lenient::number(at(value, "inconclusiveLimit")).value_or(0);
    spec.consecutive_error_limit = lenient::number(at(value, "consecutiveErrorLimit")).value_or(4);
    const json& prometheus = at(at(value, "provider"), "prometheus");
    spec.provider.address = lenient::text(at(prometheus, "address"));
    spec.provider.query = lenient::text(at(prometheus, "query"));
    return spec;
}

void take_result(rollouts::MetricRun& metric, const json& result) {
    metric.phase = run_phase(at(result, "phase"));
    metric.message = lenient::text(at(result, "message"));
    metric.successful = lenient::count(at(result, "successful"));
    metric.failed = lenient::count(at(result, "failed"));
    metric.inconclusive = lenient::count(at(result, "inconclusive"));
    metric.error = lenient::count(at(result, "error"));
    metric.consecutive_error = lenient::count(at(result, "consecutiveError"));
    metric.consecutive_success = lenient::count(at(result, "consecutiveSuccess"));
    const json& measurements = lenient::items(at(result, "measurements"));
    const std::size_t first = measurements.size() - std::min(measurements.size(), most_measurements);
    for (std::size_t i = first; i < measurements.size(); ++i) {
        const json& given = measurements[i];
        rollouts::Measurement taken;
        taken.phase = run_phase(at(given, "phase"));
        taken.started_at = lenient::time(at(given, "startedAt")).value_or(core::WallTime{});
        taken.finished_at = lenient::time(at(given, "finishedAt")).value_or(taken.started_at);
        taken.value = lenient::text(at(given, "value")).substr(0, most_value_bytes);
        taken.message = lenient::text(at(given, "message")).substr(0, most_value_bytes);
        metric.latest.push_back(std::move(taken));
    }
}

}  // namespace

OwnedRun decode_analysis_run(const json& object) {
    const json &metadata = at(object, "metadata"), &status = at(object, "status");
    OwnedRun owned;
    for (const json& owner : lenient::items(at(metadata, "ownerReferences")))
        if (lenient::text(at(owner, "kind")) == "Rollout") owned.owner = lenient::text(at(owner, "name"));
    owned.space = lenient::text(at(metadata, "namespace"));
    owned.hash = lenient::text(at(at(metadata, "labels"), "rollouts-pod-template-hash"));
    auto& run = owned.run;
    run.name = lenient::text(at(metadata, "name"));
    run.purpose = purpose_of(lenient::text(at(at(metadata, "labels"), "rollout-type")));
    run.phase = run_phase(at(status, "phase"));
    run.message = lenient::text(at(status, "message"));
    run.started_at =
        lenient::time(at(status, "startedAt"))
            .value_or(lenient::time(at(metadata, "creationTimestamp")).value_or(core::WallTime{}));
    run.terminate = lenient::flag(at(at(object, "spec"), "terminate"));
    for (const json& metric : lenient::items(at(at(object, "spec"), "metrics"))) {
        if (run.metrics.size() >= most_metrics) break;
        run.metrics.emplace_back().spec = metric_spec(metric);
    }
    for (const json& result : lenient::items(at(status, "metricResults")))
        for (rollouts::MetricRun& metric : run.metrics)
            if (metric.spec.name == lenient::text(at(result, "name"))) take_result(metric, result);
    return owned;
}

}  // namespace qd::kubernetes
