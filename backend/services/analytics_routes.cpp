#include "services/analytics_routes.hpp"

namespace qd::services {
namespace {

using http::Request;
using http::Response;

void tell(telemetry::Log& log, const Request& request, const PlaybackBeacon& beacon, std::string_view arm,
          PlaybackAnalytics::Result result) {
    log.write(is_final(beacon.state) ? telemetry::LogLevel::info : telemetry::LogLevel::debug, "playback",
              {{"session", beacon.session},
               {"title", beacon.title},
               {"client_kind", beacon.client},
               {"seq", beacon.seq},
               {"state", to_string(beacon.state)},
               {"watched_s", beacon.totals.watched_s},
               {"stalled_s", beacon.totals.stalled_s},
               {"stalls", beacon.totals.stalls},
               {"arm", arm},
               {"result", to_string(result)},
               {"request_id", request.request_id},
               {"trace_id", request.trace.trace_id}});
}

}  // namespace

void add_analytics_routes(http::Server& server, PlaybackAnalytics& analytics, PlayerMetrics& metrics,
                          telemetry::Log& log, ServedAs self) {
    server.route(
        http::Method::post, "/api/v1/analytics/playback",
        // Sums in memory: nothing of it blocks.
        [&analytics, &metrics, &log, self = std::move(self)](Request&& request, http::Responder&& responder) {
            const auto beacon = parse_beacon(request.body);
            if (!beacon) {
                metrics.beacon("invalid");
                return responder.send(http::problem(beacon.error(), request.request_id));
            }
            const std::string_view told = request.headers.get(session_arm_header);
            const std::string_view arm = told.empty() ? std::string_view(self.arm) : told;
            const std::string_view version =
                told.empty() ? std::string_view(self.version) : request.headers.get(session_version_header);
            const auto result = analytics.take(*beacon, arm, version);
            metrics.beacon(to_string(result));
            if (result == PlaybackAnalytics::Result::limited) {
                Response refused = http::problem(429, "too many reports at once", request.request_id);
                refused.headers.set("Retry-After", "10");
                return responder.send(std::move(refused));
            }
            tell(log, request, *beacon, arm, result);
            Response response = Response::json(
                202, fmt::format(R"({{"seq":{},"result":"{}"}})", beacon->seq, to_string(result)));
            response.headers.set("Cache-Control", "no-store");
            responder.send(std::move(response));
        },
        {.name = "/api/v1/analytics/playback",
         .memory_limit_bytes = max_beacon_bytes,
         .body_limit_bytes = max_beacon_bytes,
         .admit = {}});
}

}  // namespace qd::services
