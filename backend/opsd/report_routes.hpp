#pragma once
// GET /api/v1/reports/slo?month=2026-11&time_zone=Europe/Berlin&format=md|html|json

#include "incidents/engine/incident_desk.hpp"
#include "opsd/exclusion_desk.hpp"
#include "opsd/monitor.hpp"

namespace qd::opsd {

void add_report_routes(http::Server& server, Context& context, const Monitor& monitor,
                       const timeseries::Store& store, const ExclusionDesk& exclusions,
                       const incidents::IncidentDesk& incidents);

}  // namespace qd::opsd
