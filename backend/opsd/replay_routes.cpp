#include "opsd/replay_routes.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json_fields.hpp"
#include "slo/codec_replay.hpp"

namespace qd::opsd {
namespace {

core::Result<slo::Replay> replayed(const slo::Objective& known, slo::ReplayRequest request,
                                   core::WallTime now, const ExclusionDesk& desk,
                                   const timeseries::Store& store) {
    std::vector<std::string> limits;
    const auto objective = slo::changed(known, request, limits);
    if (!objective) return core::Failure(objective.error());
    // What lies ahead has not been; it is not what nobody looked at.
    request.to = std::min(request.to, now + std::chrono::seconds(1));
    if (request.from >= request.to)
        return core::fail(core::Errc::invalid_argument,
                          "from: lies ahead, and only what has been is replayed");
    const auto second = [](core::WallTime at) {
        return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
    };
    const auto past =
        store.past(known.id, slo::needs_history_from(*objective, second(request.from)), second(request.to));
    if (!past) return core::Failure(past.error());
    const auto excluded = request.excluded ? *request.excluded : slo::excluded_spans(desk.list(), known.id);
    auto replay = slo::replay(*objective, *past, excluded, request);
    if (replay) replay->limits.insert(replay->limits.begin(), limits.begin(), limits.end());
    return replay;
}

}  // namespace

void add_replay_routes(http::Server& server, Context& context, const ExclusionDesk& desk,
                       const timeseries::Store& store) {
    context.post(server, "/api/v1/slos/{id}/replay", security::Role::viewer,
                 [&context, &desk, &store](const Call& call) -> core::Result<http::Response> {
                     const slo::SloId id(std::string(call.request.capture("id")));
                     const auto objectives = store.objectives();
                     const auto known = std::ranges::find(objectives, id, &slo::Objective::id);
                     if (known == objectives.end())
                         return core::fail(core::Errc::not_found, "there is no SLO '{}'", id.value);
                     const auto body = core::parse_json(call.request.body);
                     if (!body) return core::Failure(body.error());
                     auto request = slo::replay_request_from_json(*body);
                     if (!request) return core::Failure(request.error());
                     const auto replay =
                         replayed(*known, std::move(*request), context.clock().now(), desk, store);
                     if (!replay) return core::Failure(replay.error());
                     return json_response(200, slo::to_json(*replay));
                 });
}

}  // namespace qd::opsd
