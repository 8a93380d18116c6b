#pragma once
// How often an audience is told, and when the next update is due. Pure.

#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "incidents/event.hpp"
#include "incidents/incident.hpp"

namespace qd::status {

/// Time from one update to the next by severity, SEV1 first; nothing: no updates are owed.
using Rhythm = std::array<std::optional<std::chrono::minutes>, 4>;

/// 30 min, 60 min, 4 h, none.
Rhythm default_rhythm();

/// By audience; one that is not there has default_rhythm().
using Cadence = std::map<std::string, Rhythm, std::less<>>;

std::optional<std::chrono::minutes> interval(const Cadence& cadence, std::string_view audience,
                                             incidents::Severity severity);

/// When an audience was told for the last time, by the journal as it is recorded; updates that were taken
/// back do not count. One without an audience counts for the stakeholders.
std::optional<core::WallTime> last_update_at(std::span<const incidents::Event> events,
                                             std::string_view audience);

/// An interval after the last update, or after the incident (or its reopening) was detected, whichever came
/// last. Nothing when none is owed: it is not open, or there is no interval. May lie in the past: overdue.
std::optional<core::WallTime> next_update_due(const incidents::Incident& incident,
                                              std::optional<core::WallTime> last_update,
                                              std::optional<std::chrono::minutes> interval);

}  // namespace qd::status
