#pragma once
// JSON of the wire, both ways. Decoders accept what encoders write and ignore what they do not know; they
// answer Errc::invalid_argument with the field's name for anything else.

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "core/result.hpp"
#include "slo/alert.hpp"
#include "slo/exclusion.hpp"
#include "slo/status.hpp"

namespace qd::slo {

nlohmann::json to_json(const Status& status);
/// What changes from second to second, without the objective: for the event stream.
nlohmann::json to_compact_json(const Status& status);
nlohmann::json to_json(const Alert& alert);
nlohmann::json to_json(const History& history);
nlohmann::json to_json(const BurnRow& row);
nlohmann::json to_json(const Exclusion& exclusion);
nlohmann::json to_json(const Indicator& indicator);

core::Result<Status> status_from_json(const nlohmann::json& value);
/// Puts a compact status over an earlier one of the same objective; Errc::conflict when it is of another one
/// or its rows are others, so that the whole has to be read again.
core::Result<> apply_compact(const nlohmann::json& value, Status& status);
core::Result<Alert> alert_from_json(const nlohmann::json& value);
core::Result<History> history_from_json(const nlohmann::json& value);
/// {"from","to","objectives","reason"} as somebody posts it, or the whole.
core::Result<Exclusion> exclusion_from_json(const nlohmann::json& value);
core::Result<BurnRow> burn_row_from_json(const nlohmann::json& value);
core::Result<Indicator> indicator_from_json(const nlohmann::json& value);

}  // namespace qd::slo
