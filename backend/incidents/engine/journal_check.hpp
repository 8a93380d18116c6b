#pragma once
// The whole journal in one pass: every incident replayed, and whether the rows are still as they were
// written.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "incidents/engine/journal.hpp"
#include "incidents/incident.hpp"

namespace qd::incidents {

/// By id: the incident, or why its rows make no sense.
using ReplayedIncidents = std::map<std::string, core::Result<Incident>>;

/// `also` sees each row on the way.
core::Result<ReplayedIncidents> replay_all(const Journal& journal,
                                           const std::function<void(const JournalRow&)>& also = {});

struct JournalReport {
    std::size_t streams = 0;
    std::uint64_t rows = 0;
    std::vector<std::string> faults;  // one a stream: its first row that is altered, missing or senseless
    /// Streams of whose end nothing is known: rows cut off there would not be noticed.
    std::vector<std::string> without_head;
};

/// Recomputes the chains and replays what they hold, of one incident or of everything that is in the log.
/// Errc::not_found for an incident that is not there, nor was.
core::Result<JournalReport> check_journal(const storage::EventLog& log,
                                          const std::optional<IncidentId>& only = std::nullopt);

}  // namespace qd::incidents
