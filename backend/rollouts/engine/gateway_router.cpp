#include "rollouts/engine/gateway_router.hpp"

#include "core/json_fields.hpp"
#include "traffic/plan_codec.hpp"

namespace qd::rollouts {

GatewayRouter::GatewayRouter(http::Client& client, std::string gateway, std::string bearer)
    : client_(client), url_(std::move(gateway) + "/-/split"), bearer_(std::move(bearer)) {}

http::ClientRequest GatewayRouter::request(http::Method method) const {
    http::ClientRequest request;
    request.method = method;
    request.url = url_;
    request.headers = {{"Authorization", bearer_}};
    request.connect_timeout = std::chrono::milliseconds(1'000);
    request.timeout = std::chrono::milliseconds(2'000);
    request.max_body_bytes = 64 << 10;
    return request;
}

core::Result<> GatewayRouter::apply(const traffic::TrafficPlan& plan) {
    http::ClientRequest put = request(http::Method::put);
    put.headers.set("Content-Type", "application/json");
    put.body = core::dump_json(traffic::to_json(plan));
    auto answer = http::expect_success(client_.fetch(std::move(put)));
    if (!answer) return core::fail_with_context("setting the gateway's split", answer.error());
    return {};
}

core::Result<std::vector<PreviewedRequest>> GatewayRouter::preview(const traffic::TrafficPlan& plan) {
    return std::vector<PreviewedRequest>{
        {"gateway", "PUT", url_, "application/json", core::dump_json(traffic::to_json(plan))}};
}

core::Result<RouterReading> GatewayRouter::read() {
    auto answer = http::expect_success(client_.fetch(request(http::Method::get)));
    if (!answer) return core::fail_with_context("reading the gateway's split", answer.error());
    const auto value = core::parse_json(answer->body);
    if (!value) return core::fail_with_context("reading the gateway's split", value.error());
    auto plan = traffic::plan_from_json(*value);
    if (!plan) return core::fail_with_context("reading the gateway's split", plan.error());
    core::JsonFields fields(*value);
    RouterReading reading;
    reading.plan = std::move(*plan);
    if (const auto since = core::parse_rfc3339(fields.text("since", 100))) reading.since = *since;
    core::JsonFields counts(fields.object("counts"));
    reading.counts.stable_requests = counts.count("stable");
    reading.counts.canary_requests = counts.count("canary");
    reading.counts.baseline_requests = counts.count("baseline");
    reading.counts.forced_requests = counts.count("forced");
    reading.counts.mirrored = counts.count("mirrored");
    reading.counts.mirrors_dropped = counts.count("mirrors_dropped");
    reading.counts.canary_in_flight = counts.count("canary_in_flight");
    core::JsonFields sessions(fields.object("sessions"));
    reading.counts.stable_sessions = sessions.count("stable");
    reading.counts.canary_sessions = sessions.count("canary");
    reading.counts.baseline_sessions = sessions.count("baseline");
    if (auto ok = fields.finish(); !ok)
        return core::fail_with_context("reading the gateway's split", ok.error());
    return reading;
}

}  // namespace qd::rollouts
