#pragma once
// JSON of POST /api/v1/slos/{id}/replay, both ways; as codec.hpp.
//
//   request  {"from","to","points"?,"objective_percent"?,"window_s"?,"rows"?: [row],
//             "exclusions"?: [{"from","to"}],"outage"?: bool}
//   answer   {"slo_id","from","to","step_s","objective","window_s","calendar","rows":[row],"good","total",
//             "covered_s","coverage","sli","unit","budget":{"allowed","spent","remaining","exhausted","lowest",
//             "lowest_at"},"points":[{"at","good","total","remaining","lowest","burn"}],
//             "alerts":[{as in GET /alerts, "good","total","bad","budget_share"}],"limits":[text]}

#include <nlohmann/json_fwd.hpp>

#include "core/result.hpp"
#include "slo/replay.hpp"

namespace qd::slo {

nlohmann::json to_json(const ReplayRequest& request);
/// Exclusions come back as disjoint whole minutes, in order. Bounds are those of changed(); here only shapes.
core::Result<ReplayRequest> replay_request_from_json(const nlohmann::json& value);

nlohmann::json to_json(const Replay& replay);
/// Of the objective what the answer tells: id, target, window and rows.
core::Result<Replay> replay_from_json(const nlohmann::json& value);

}  // namespace qd::slo
