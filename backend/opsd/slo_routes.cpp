#include <nlohmann/json.hpp>

#include "opsd/core_routes.hpp"
#include "opsd/time_span.hpp"
#include "slo/codec.hpp"

namespace qd::opsd {
namespace {

using nlohmann::json;

json to_json(const timeseries::Chart& chart) {
    json lines = json::array();
    for (const timeseries::ChartLine& line : chart.lines) {
        json points = json::array();
        for (const auto& [at, value] : line.points)
            points.push_back({{"at", core::format_rfc3339(at)}, {"value", value}});
        lines.push_back({{"label", line.label}, {"points", std::move(points)}});
    }
    return {
        {"name", chart.name}, {"unit", chart.unit}, {"step_s", chart.step_s}, {"lines", std::move(lines)}};
}

std::optional<slo::Status> find(const Monitor& monitor, std::string_view id) {
    for (slo::Status& status : monitor.statuses())
        if (status.objective.id.value == id) return std::move(status);
    return std::nullopt;
}

}  // namespace

void add_slo_routes(http::Server& server, Context& context, const Monitor& monitor,
                    const timeseries::Store& store) {
    context.get(server, "/api/v1/slos", [&monitor](const Call&) -> core::Result<http::Response> {
        json items = json::array();
        for (const slo::Status& status : monitor.statuses()) items.push_back(slo::to_json(status));
        return list_response(std::move(items));
    });
    context.get(server, "/api/v1/slos/{id}", [&monitor](const Call& call) -> core::Result<http::Response> {
        const auto status = find(monitor, call.request.capture("id"));
        if (!status)
            return core::fail(core::Errc::not_found, "there is no SLO '{}'", call.request.capture("id"));
        return json_response(200, slo::to_json(*status));
    });
    context.get(server, "/api/v1/slos/{id}/history",
                [&context, &store](const Call& call) -> core::Result<http::Response> {
                    const auto span = span_of(call.request, context.clock().now(), 3600);
                    if (!span) return core::Failure(span.error());
                    const slo::SloId id(std::string(call.request.capture("id")));
                    const auto history = store.history(id, span->from, span->to, span->points);
                    if (!history) return core::Failure(history.error());
                    return json_response(200, slo::to_json(*history));
                });
    context.get(server, "/api/v1/alerts", [&monitor](const Call&) -> core::Result<http::Response> {
        json items = json::array();
        for (const slo::Alert& alert : monitor.alerts()) items.push_back(slo::to_json(alert));
        return list_response(std::move(items));
    });
    context.get(
        server, "/api/v1/series", [&context, &store](const Call& call) -> core::Result<http::Response> {
            const auto span = span_of(call.request, context.clock().now(), 600);
            if (!span) return core::Failure(span.error());
            const auto chart =
                store.chart(call.request.query.get_or("name", ""), span->from, span->to, span->points);
            if (!chart) return core::Failure(chart.error());
            return json_response(200, to_json(*chart));
        });
}

}  // namespace qd::opsd
