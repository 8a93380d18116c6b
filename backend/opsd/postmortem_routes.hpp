#pragma once
// /api/v1/incidents/{id}/postmortem?format=md|json|html

#include "incidents/engine/incident_desk.hpp"
#include "opsd/context.hpp"
#include "postmortems/document.hpp"

namespace qd::opsd {

/// For role viewer; md without a format. The desk must outlive the server.
void add_postmortem_routes(http::Server& server, Context& context, const incidents::IncidentDesk& desk);

/// What the objectives measured around the incident: those whose alerts are in its journal, else those of its
/// service. Two minutes before the impact to two minutes after its end (or now) are looked up; the cost
/// counts the impact only.
postmortems::Figures measure_figures(const Context& context, const incidents::Incident& incident,
                                     const std::vector<incidents::Event>& events);

}  // namespace qd::opsd
