#pragma once
// A Grafana dashboard over the series that the exported Prometheus rules record (prometheus.hpp). Pure.

#include <string>
#include <vector>

#include "slo/objective.hpp"

namespace qd::slo::interchange {

/// One dashboard (JSON, schemaVersion 39): a row for each objective with what is left of its budget, its SLI
/// beside the target, the burn rate of each window beside the rows' factors, and its events a second, good
/// and bad. The data source is a variable. Rows are folded from the sixth objective on. Errors of
/// promql_can_say() (refusals.hpp).
core::Result<std::string> write_grafana_dashboard(const std::vector<Objective>& objectives);

}  // namespace qd::slo::interchange
