#pragma once
// The wire's JSON of analysis runs; enough to go on with one after a restart:
//
//   {"name", "purpose", "phase", "message", "started_at", "terminate", "metrics": [{"name", "phase",
//   "message",
//    "successful", "failed", "inconclusive", "error", "consecutive_error", "consecutive_success",
//    "latest": [{"phase", "at", "finished_at", "value", "message"}],
//    "spec": {"interval_s", "initial_delay_s", "count", "success_condition", "failure_condition",
//             "failure_limit", "inconclusive_limit", "consecutive_error_limit", "consecutive_success_limit",
//             "provider": {"kind": "prometheus"|"site"|"judge", "address", "query", "arm"}}}]}

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>

#include "core/result.hpp"
#include "rollouts/analysis_run.hpp"

namespace qd::rollouts {

std::string_view to_string(MetricProvider::Kind kind);
std::optional<MetricProvider::Kind> parse_provider_kind(std::string_view text);

nlohmann::json to_json(const AnalysisRun& run);
/// Errc::invalid_argument names the member; ignores those it does not know.
core::Result<AnalysisRun> analysis_run_from_json(const nlohmann::json& value);

}  // namespace qd::rollouts
