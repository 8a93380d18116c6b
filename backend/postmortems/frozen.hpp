#pragma once
// Measured series that are frozen in the journal itself, for what the counters have forgotten.

#include <span>

#include "postmortems/document.hpp"

namespace qd::postmortems {

/// Adds the latest evidence of each objective (unit "ratio": the share of good events) where `figures` has no
/// series of it. Counts of events are not in it: a cost that was not measured stays unknown.
void add_frozen(Figures& figures, std::span<const incidents::Event> events);

}  // namespace qd::postmortems
