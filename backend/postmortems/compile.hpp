#pragma once
// The post-mortem out of the journal. Pure and deterministic: the same input gives the same document.

#include <span>

#include "postmortems/document.hpp"

namespace qd::postmortems {

/// `events` is the whole journal of `incident`, as recorded.
Document compile(const incidents::Incident& incident, std::span<const incidents::Event> events,
                 const Figures& figures);

}  // namespace qd::postmortems
