#pragma once
// What was measured when a post-mortem went on in its review: it stays when the counters forget it. A stream
// "figures/ID" per incident in <data>/db/postmortems.sqlite.

#include <optional>

#include "postmortems/document.hpp"
#include "storage/event_log.hpp"

namespace qd::postmortems {

/// Thread-safe as the log is. The log must outlive it.
class FigureStore {
public:
    explicit FigureStore(storage::EventLog& log) : log_(log) {}

    /// Appends, unless the same is kept already or nothing was measured.
    core::Result<> keep(const incidents::IncidentId& incident, const Figures& figures);
    /// The latest; nothing where none are kept. Errc::corrupt.
    core::Result<std::optional<Figures>> latest(const incidents::IncidentId& incident) const;

private:
    storage::EventLog& log_;
};

}  // namespace qd::postmortems
