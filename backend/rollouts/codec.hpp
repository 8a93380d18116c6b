#pragma once
// The wire's JSON of rollouts. Decoding is bounded, names the field that does not fit
// (Errc::invalid_argument) and ignores unknown ones.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "rollouts/rollout.hpp"
#include "rollouts/verdict_codec.hpp"

namespace qd::rollouts {

nlohmann::json to_json(const Rollout& rollout);
core::Result<Rollout> rollout_from_json(const nlohmann::json& value);
nlohmann::json to_json(const AuditEvent& event);
core::Result<AuditEvent> audit_event_from_json(const nlohmann::json& value);

std::string encode(const Rollout& rollout);
core::Result<Rollout> decode_rollout(std::string_view text);
core::Result<std::vector<Rollout>> decode_rollouts(std::string_view text);

}  // namespace qd::rollouts
