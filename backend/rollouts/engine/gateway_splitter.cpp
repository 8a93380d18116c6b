#include "rollouts/engine/gateway_splitter.hpp"

#include <algorithm>
#include <cmath>

#include "core/json_fields.hpp"

namespace qd::rollouts {

GatewaySplitter::GatewaySplitter(http::Client& client, std::string gateway, std::string bearer)
    : client_(client), url_(std::move(gateway) + "/-/split"), bearer_(std::move(bearer)) {}

http::ClientRequest GatewaySplitter::request(http::Method method) const {
    http::ClientRequest request;
    request.method = method;
    request.url = url_;
    request.headers = {{"Authorization", bearer_}};
    request.connect_timeout = std::chrono::milliseconds(1'000);
    request.timeout = std::chrono::milliseconds(2'000);
    request.max_body_bytes = 64 << 10;
    return request;
}

core::Result<> GatewaySplitter::set_weight(const std::string& rollout, unsigned canary_weight) {
    http::ClientRequest put = request(http::Method::put);
    put.headers.set("Content-Type", "application/json");
    put.body = core::dump_json({{"rollout", rollout}, {"canary_weight", canary_weight}});
    auto answer = http::expect_success(client_.fetch(std::move(put)));
    if (!answer) return core::fail_with_context("setting the gateway's split", answer.error());
    return {};
}

core::Result<SplitReading> GatewaySplitter::read() {
    auto answer = http::expect_success(client_.fetch(request(http::Method::get)));
    if (!answer) return core::fail_with_context("reading the gateway's split", answer.error());
    const auto value = core::parse_json(answer->body);
    if (!value) return core::fail_with_context("reading the gateway's split", value.error());
    core::JsonFields fields(*value);
    SplitReading reading;
    reading.rollout = fields.text("rollout", 200);
    reading.canary_weight = unsigned(
        std::lround(std::clamp(fields.need("canary_weight", fields.number("canary_weight")), 0.0, 100.0)));
    core::JsonFields counts(fields.object("counts"));
    reading.stable_requests = counts.count("stable");
    reading.canary_requests = counts.count("canary");
    if (auto ok = fields.finish(); !ok)
        return core::fail_with_context("reading the gateway's split", ok.error());
    return reading;
}

}  // namespace qd::rollouts
