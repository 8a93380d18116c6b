#pragma once
// The timeWindow and the slices of an OpenSLO document, both ways. For openslo_*.cpp only.

#include <nlohmann/json_fwd.hpp>

#include "core/config.hpp"
#include "slo/objective.hpp"

namespace qd::slo::interchange {

/// Reads spec.timeWindow into `objective`. `annotated_s`: what an annotation says of a window that is no
/// whole number of minutes, or 0. What is wrong is kept in `spec`.
void read_openslo_window(core::ConfigReader& spec, std::int64_t annotated_s, Objective& objective);
nlohmann::ordered_json openslo_window(const Objective& objective);

/// Reads timeSliceTarget and timeSliceWindow of an entry of spec.objectives.
Timeslices read_openslo_slices(core::ConfigReader& entry, std::int64_t annotated_s);

}  // namespace qd::slo::interchange
