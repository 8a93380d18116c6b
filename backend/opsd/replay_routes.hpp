#pragma once
// What is asked of the history that this opsd keeps: what would have been, and how latencies were spread.

#include "opsd/context.hpp"
#include "opsd/exclusion_desk.hpp"
#include "timeseries/store.hpp"

namespace qd::opsd {

/// POST /slos/{id}/replay (slo/codec_replay.hpp). Nothing is written: role viewer suffices. Runs on a worker
/// of the server; the counters are held only while history is copied. Everything passed outlives the server.
void add_replay_routes(http::Server& server, Context& context, const ExclusionDesk& desk,
                       const timeseries::Store& store);

/// GET /slos/{id}/heatmap?from=&to=&points= (slo/codec_heatmap.hpp); 404 for what is no latency objective.
void add_heatmap_routes(http::Server& server, Context& context, const timeseries::Store& store);

}  // namespace qd::opsd
