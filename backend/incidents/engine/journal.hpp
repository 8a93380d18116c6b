#pragma once
// The incidents' journal on an event log: one stream per incident, one row per event.

#include <optional>
#include <string>
#include <vector>

#include "incidents/event.hpp"
#include "storage/event_log.hpp"

namespace qd::incidents {

/// An event with what only the journal knows of it.
struct JournalEntry {
    Event event;
    std::string idempotency_key;  // empty: none
};

/// Thread-safe as the log is. The log must outlive it.
class Journal {
public:
    explicit Journal(storage::EventLog& log) : log_(log) {}

    core::Result<std::vector<IncidentId>> incidents() const;
    /// The whole journal of one incident. Errc::not_found, or Errc::corrupt when a row makes no sense.
    core::Result<std::vector<JournalEntry>> read(const IncidentId& id) const;
    /// All entries or none, whatever happens to the process meanwhile. Their seqs must follow the stream's
    /// last; Errc::conflict when another hand has written to it.
    core::Result<> append(const IncidentId& id, const std::vector<JournalEntry>& entries);
    /// Whether the rows are still as they were written.
    core::Result<> verify(const IncidentId& id) const;

private:
    storage::EventLog& log_;
};

}  // namespace qd::incidents
