#pragma once
// What a status carries of its objective beyond its first fields. For codec*.cpp only.

#include "slo/json_fields.hpp"
#include "slo/objective.hpp"

namespace qd::slo {

/// "calendar", "timeslices", "absent", "source", "group" (null where there is none), "group_by" and "policy".
nlohmann::json objective_extras(const Objective& objective);
/// Those that are there: an older opsd tells none.
void read_objective_extras(Fields& fields, Objective& objective);

}  // namespace qd::slo
