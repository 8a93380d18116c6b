#pragma once
// A run of analysis templates as a value: what was measured, and what follows from it by the rules of Argo
// Rollouts. Pure: the engine asks what is due, measures, and puts in what it got.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "rollouts/analysis_template.hpp"

namespace qd::rollouts {

enum class RunPhase { pending, running, successful, failed, error, inconclusive };

std::string_view to_string(RunPhase phase);  // Argo's words: "Pending", "Running", "Successful", …
std::optional<RunPhase> parse_run_phase(std::string_view text);

struct Measurement {
    RunPhase phase = RunPhase::pending;
    core::WallTime started_at, finished_at;
    std::string value;    // as text, e.g. "[0.97]"; at most 1,000 bytes
    std::string message;  // why it is an error, or what decided

    bool operator==(const Measurement&) const = default;
};

struct MetricRun {
    MetricSpec spec;  // with the arguments put in
    RunPhase phase = RunPhase::pending;
    std::uint64_t successful = 0, failed = 0, inconclusive = 0, error = 0;
    std::uint64_t consecutive_error = 0, consecutive_success = 0;
    std::vector<Measurement> latest;  // the last 10, oldest first
    std::string message;              // e.g. "assessed Failed due to failed (2) > failureLimit (1)"

    bool operator==(const MetricRun&) const = default;
};

struct AnalysisRun {
    std::string name;     // "RO-3/step-2", "RO-3/background"
    std::string purpose;  // "step" | "background" | "pre_promotion" | "post_promotion" | "experiment"
    RunPhase phase = RunPhase::pending;
    std::string message;
    core::WallTime started_at;
    bool terminate = false;  // it is to end: what has not failed is a success
    std::vector<MetricRun> metrics;

    bool operator==(const AnalysisRun&) const = default;
};

bool is_over(RunPhase phase);

/// Of one run, so that what it measured stays a small row.
inline constexpr std::size_t max_run_metrics = 40;

/// Puts the arguments in ("{{args.name}}"). Errc::invalid_argument names the argument without a value, the
/// metric that two templates share, the condition that cannot be read, or that there are too many metrics.
core::Result<AnalysisRun> begin_run(std::string name, std::string purpose,
                                    const std::vector<AnalysisTemplate>& templates,
                                    const std::vector<TemplateArgument>& values, core::WallTime now);

/// Indices of the metrics to be measured now.
std::vector<std::size_t> due(const AnalysisRun& run, core::WallTime now);
/// When the next is due; nothing when none will be.
std::optional<core::WallTime> next_due(const AnalysisRun& run);

/// A provider's answer, or its error, judged by the metric's conditions and put into the run.
void take(AnalysisRun& run, std::size_t metric, const core::Result<std::string>& value, core::WallTime started_at,
          core::WallTime finished_at);
/// The run is told to end, as when its step or rollout is over.
void terminate(AnalysisRun& run, core::WallTime now);

}  // namespace qd::rollouts
