#include <nlohmann/json.hpp>

#include "opsd/replay_routes.hpp"
#include "opsd/time_span.hpp"
#include "slo/codec_heatmap.hpp"

namespace qd::opsd {

void add_heatmap_routes(http::Server& server, Context& context, const timeseries::Store& store) {
    context.get(server, "/api/v1/slos/{id}/heatmap",
                [&context, &store](const Call& call) -> core::Result<http::Response> {
                    const auto span = span_of(call.request, context.clock().now(), 600);
                    if (!span) return core::Failure(span.error());
                    const slo::SloId id(std::string(call.request.capture("id")));
                    const auto heatmap = store.heatmap(id, span->from, span->to, span->points);
                    if (!heatmap) return core::Failure(heatmap.error());
                    return json_response(200, slo::to_json(*heatmap));
                });
}

}  // namespace qd::opsd
