#pragma once
// What the objectives measured around an incident: live, or out of a site's files.

#include <filesystem>

#include "incidents/event.hpp"
#include "incidents/incident.hpp"
#include "opsd/context.hpp"
#include "postmortems/document.hpp"
#include "slo/objective.hpp"

namespace qd::opsd {

/// Of the objectives whose alerts are in its journal, else those of its service. Two minutes before the
/// impact to two minutes after its end (or now) are looked up; the cost counts the impact only. What the
/// counters have forgotten comes from the evidence that is frozen in the journal.
postmortems::Figures measure_figures(const Context& context, const incidents::Incident& incident,
                                     const std::vector<incidents::Event>& events);

/// The same out of <data>/db/counters.sqlite, for a site whose opsd does not run. Without it, or without
/// history of that time, the figures say so.
postmortems::Figures stored_figures(const std::filesystem::path& data,
                                    const std::vector<slo::Objective>& objectives,
                                    const incidents::Incident& incident,
                                    const std::vector<incidents::Event>& events, core::WallTime now);

}  // namespace qd::opsd
