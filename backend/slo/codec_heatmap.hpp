#pragma once
// {"slo_id","step_s","bounds":[s…, null for infinity],"columns":[{"at","counts":[…]}]}, both ways; as
// codec.hpp.

#include <nlohmann/json_fwd.hpp>

#include "core/result.hpp"
#include "slo/heatmap.hpp"

namespace qd::slo {

nlohmann::json to_json(const Heatmap& heatmap);
/// Refuses bounds that do not ascend and columns of another length.
core::Result<Heatmap> heatmap_from_json(const nlohmann::json& value);

}  // namespace qd::slo
