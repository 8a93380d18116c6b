#pragma once
// What of an incident's journal is told to the world outside. Pure.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "incidents/event.hpp"
#include "incidents/incident.hpp"

namespace qd::status {

struct Announced {
    std::string id;  // "INC-3/resolved/41": incident, event, seq; the same at each replay
    /// "opened", "severity" (it got more severe), "resolved", "cancelled", "merged", "reopened" or
    /// "status_update".
    std::string event;
    std::string audience;  // of a status update
    std::uint64_t seq = 0;
    core::WallTime occurred_at;
    core::WallTime recorded_at;
    incidents::Severity severity = incidents::Severity::sev3;  // at that time
    incidents::Severity worst = incidents::Severity::sev3;     // up to that time
    std::string title;                                         // one line
    std::string text;
    std::string actor;  // nobody's name goes to customers

    bool operator==(const Announced&) const = default;
};

/// In the order of the journal, which is given as it is recorded. Corrections are not told, nor is what was
/// taken back, nor a status update without a known audience.
std::vector<Announced> announced(const incidents::Incident& incident,
                                 std::span<const incidents::Event> events);

}  // namespace qd::status
