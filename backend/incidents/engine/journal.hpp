#pragma once
// The incidents' journal on an event log: one stream per incident, one row per event.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "incidents/binary.hpp"
#include "storage/event_log.hpp"

namespace qd::incidents {

/// What is appended to one incident.
struct JournalAppend {
    IncidentId id;
    std::vector<JournalEntry> entries;
};

/// A row of the whole journal, as scan() comes by it.
struct JournalRow {
    std::string_view id;  // good until the visitor returns
    std::uint64_t position = 0;
    core::Result<const JournalEntry*> entry;  // Errc::corrupt when the row makes no sense
};

/// Thread-safe as the log is. The log must outlive it.
class Journal {
public:
    explicit Journal(storage::EventLog& log) : writer_(&log), log_(log) {}
    /// To read only.
    explicit Journal(const storage::EventLog& log) : log_(log) {}

    /// All events of all incidents in the order of writing.
    core::Result<> scan(const std::function<void(const JournalRow&)>& visit) const;
    /// The whole journal of one incident. Errc::not_found, or Errc::corrupt when a row makes no sense.
    core::Result<std::vector<Event>> read(const IncidentId& id) const;
    core::Result<Event> read(const IncidentId& id, std::uint64_t seq) const;
    /// What follows event `after`; empty when nothing does. Costs what it returns.
    core::Result<std::vector<Event>> read_after(const IncidentId& id, std::uint64_t after) const;
    /// The same as read_after(), as decode_timeline() takes it.
    core::Result<std::string> timeline(const IncidentId& id, std::uint64_t after = 0) const;
    /// All entries of all incidents or none, whatever happens to the process meanwhile, and the rows as they
    /// were written. Their seqs must follow the streams' last; Errc::conflict when another hand has written.
    core::Result<std::vector<storage::LoggedEvent>> append(const std::vector<JournalAppend>& appends);

private:
    using BodyVisitor = std::function<core::Result<>(std::uint64_t seq, std::string_view body)>;
    core::Result<> visit_after(const IncidentId& id, std::uint64_t after, const BodyVisitor& visit) const;

    storage::EventLog* writer_ = nullptr;
    const storage::EventLog& log_;
};

/// The stream of an incident, and the other way round; nothing for what is no incident's.
std::string stream_of(const IncidentId& id);
std::optional<std::string_view> incident_of(std::string_view stream);

}  // namespace qd::incidents
