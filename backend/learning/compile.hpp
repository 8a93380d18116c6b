#pragma once
#include <span>
#include <vector>

#include "incidents/event.hpp"
#include "learning/report.hpp"

namespace qd::learning {

/// Cancelled and merged incidents are left out, each reopening is an interval of its own (MTTD and MTTA are
/// of the first episode: a reopening is detected and acknowledged by whoever reopens).
Report compile(const Query& query, core::WallTime now, const Material& material);

/// Which events of the journal set the times of each episode, corrections included.
std::vector<EpisodeEvents> events_of(const incidents::Incident& incident,
                                     std::span<const incidents::Event> events);

}  // namespace qd::learning
