#include <charconv>
#include <nlohmann/json.hpp>

#include "opsd/dashboard_desk.hpp"
#include "opsd/time_span.hpp"

namespace qd::opsd {
namespace {

using nlohmann::json;

constexpr std::int64_t shown_s = 900;  // when a request does not say

json panel_json(const dashboards::Panel& panel) {
    json series = json::array();
    for (const dashboards::PanelSeries& one : panel.series)
        series.push_back({{"label", one.label},
                          {"function", dashboards::to_string(one.query.function)},
                          {"query", dashboards::describe(one.query)}});
    return {{"title", panel.title},
            {"kind", dashboards::to_string(panel.kind)},
            {"width", panel.width},
            {"height", panel.height},
            {"slo", panel.slo},
            {"text", panel.text},
            {"series", std::move(series)},
            {"unit", dashboards::to_string(panel.unit)}};
}

json board_json(const BoardEntry& entry) {
    json panels = json::array();
    for (const dashboards::Panel& panel : entry.board.panels) panels.push_back(panel_json(panel));
    return {{"id", entry.board.id.value},
            {"title", entry.board.title},
            {"role", dashboards::to_string(entry.board.role)},
            {"columns", entry.board.columns},
            {"source", entry.source},
            {"error", entry.error.empty() ? json(nullptr) : json(entry.error)},
            {"panels", std::move(panels)}};
}

std::string label_of(const dashboards::PanelSeries& series, const std::string& split) {
    if (series.query.by.empty()) return series.label;
    const std::string value = split.empty() ? "without " + series.query.by : split;
    return series.label.empty() ? value : series.label + " " + value;
}

json lines_json(const dashboards::PanelSeries& series, const timeseries::PanelChart& chart, double scale) {
    json lines = json::array();
    for (const timeseries::PanelLine& line : chart.lines) {
        json points = json::array();
        for (const timeseries::PanelPoint& point : line.points)
            points.push_back({{"at", core::format_rfc3339(point.at)},
                              {"value", point.value * scale},
                              {"min", point.low * scale},
                              {"max", point.high * scale}});
        lines.push_back({{"label", label_of(series, line.split)},
                         {"split", line.split},
                         {"points", std::move(points)},
                         {"over_range", line.over_range ? json(*line.over_range * scale) : json(nullptr)},
                         {"covered_s", line.covered_s},
                         {"as_of", line.as_of ? json(core::format_rfc3339(*line.as_of)) : json(nullptr)}});
    }
    return lines;
}

core::Result<json> panel_series(const BoardEntry& entry, std::size_t number, const TimeSpan& span,
                                const timeseries::Store& store) {
    const dashboards::Panel& panel = entry.board.panels[number];
    const bool per_minute = panel.unit == dashboards::Unit::per_minute;
    json lines = json::array();
    std::int64_t step_s = 1;
    for (const dashboards::PanelSeries& series : panel.series) {
        const bool scaled = per_minute && series.query.function == dashboards::Function::rate;
        const auto chart = store.panel(series.query, span.from, span.to, span.points);
        step_s = std::max(step_s, chart.step_s);
        for (json& line : lines_json(series, chart, scaled ? 60 : 1)) lines.push_back(std::move(line));
    }
    return json{{"step_s", step_s}, {"unit", dashboards::to_string(panel.unit)}, {"lines", std::move(lines)}};
}

}  // namespace

void add_dashboard_routes(http::Server& server, Context& context, const DashboardDesk& desk,
                          const timeseries::Store& store) {
    context.get(server, "/api/v1/dashboards", [&desk](const Call&) -> core::Result<http::Response> {
        json items = json::array();
        for (const BoardEntry& entry : desk.entries()) items.push_back(board_json(entry));
        return json_response(200,
                             {{"items", std::move(items)}, {"next", nullptr}, {"left_out", desk.left_out()}});
    });
    context.get(server, "/api/v1/dashboards/{id}/panels/{n}/series",
                [&](const Call& call) -> core::Result<http::Response> {
                    const auto entry = desk.find(call.request.capture("id"));
                    if (!entry)
                        return core::fail(core::Errc::not_found, "there is no dashboard '{}'",
                                          call.request.capture("id").substr(0, 80));
                    const std::string_view text = call.request.capture("n");
                    std::size_t number = 0;
                    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
                    if (read.ec != std::errc{} || read.ptr != text.data() + text.size() ||
                        number >= entry->board.panels.size())
                        return core::fail(core::Errc::not_found, "'{}' has no panel {}",
                                          entry->board.id.value, text.substr(0, 20));
                    const auto span = span_of(call.request, context.clock().now(), shown_s);
                    if (!span) return core::Failure(span.error());
                    auto series = panel_series(*entry, number, *span, store);
                    if (!series) return core::Failure(series.error());
                    return json_response(200, *series);
                });
}

}  // namespace qd::opsd
