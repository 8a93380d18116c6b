#pragma once
// The wire of /rollouts/advice. Answers are words: risk=low|medium|high,
// database_migration=none|compatible|breaking (true is breaking, false none), and true or false for
// real_traffic_evidence, instant_rollback, double_capacity, user_facing, stateful, experimental. What is not
// answered is as ReleaseAnswers has it.

#include <map>
#include <nlohmann/json_fwd.hpp>

#include "rollouts/advice.hpp"

namespace qd::rollouts {

struct AdviceRequest {
    ReleaseAnswers answers;
    std::string version = "v2";  // the target of the specification to begin with
};

/// Errc::invalid_argument names the answer that is not known or does not fit.
core::Result<AdviceRequest> advice_request_of(const std::map<std::string, std::string>& words);
/// The same from a JSON object of texts and booleans.
core::Result<AdviceRequest> advice_request_of_json(std::string_view text);

/// {"answers": {…}, "way", "strategy", "reason", "cautions": [text], "others": [{"way", "why_not"}],
///  "specification": YAML}
nlohmann::json to_json(const Advice& advice, const AdviceRequest& request);

}  // namespace qd::rollouts
