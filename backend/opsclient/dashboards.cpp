#include "opsclient/dashboards.hpp"

#include <algorithm>

#include "core/json_fields.hpp"

namespace qd::opsclient {
namespace {

using core::JsonFields;
using nlohmann::json;

constexpr std::size_t max_lines = 64;
constexpr std::size_t max_curve_points = 2'001;

core::Result<Panel> panel_from_json(const json& value) {
    JsonFields fields(value);
    Panel panel;
    panel.title = fields.text("title");
    panel.kind = dashboards::parse_panel_kind(fields.text("kind")).value_or(dashboards::PanelKind::text);
    panel.unit = dashboards::parse_unit(fields.text("unit")).value_or(dashboards::Unit::count);
    panel.width = int(std::clamp<std::uint64_t>(fields.count("width").value_or(1), 1, 4));
    panel.height = int(std::clamp<std::uint64_t>(fields.count("height").value_or(1), 1, 12));
    panel.slo = fields.text("slo");
    panel.text = fields.text("text");
    for (const json& entry : fields.array("series", max_lines)) {
        JsonFields source(entry);
        panel.sources.push_back({source.text("label"), source.text("function"), source.text("query")});
        fields.merge("series", source.finish());
    }
    return fields.finish(std::move(panel));
}

core::Result<Dashboard> dashboard_from_json(const json& value) {
    JsonFields fields(value);
    Dashboard board;
    board.id = dashboards::DashboardId(fields.text("id"));
    if (board.id.empty()) fields.refuse("id", "is missing");
    board.title = fields.text("title");
    board.role = dashboards::parse_role(fields.text("role")).value_or(dashboards::Role::other);
    board.columns = int(std::clamp<std::uint64_t>(fields.count("columns").value_or(1), 1, 4));
    board.source = fields.text("source");
    board.error = fields.text("error");
    for (const json& entry : fields.array("panels", 100)) {
        auto panel = panel_from_json(entry);
        fields.merge("panels", panel);
        if (panel) board.panels.push_back(std::move(*panel));
    }
    return fields.finish(std::move(board));
}

core::Result<Curve> curve_from_json(const json& value) {
    JsonFields fields(value);
    Curve curve;
    curve.label = fields.text("label");
    curve.split = fields.text("split");
    for (const json& entry : fields.array("points", max_curve_points)) {
        JsonFields at(entry);
        CurvePoint point{at.required_time("at"), at.need("value", at.number("value")), 0, 0};
        point.low = at.number("min").value_or(point.value);
        point.high = at.number("max").value_or(point.value);
        curve.points.push_back(point);
        fields.merge("points", at.finish());
    }
    curve.over_range = fields.number("over_range");
    curve.covered_s = std::int64_t(fields.count("covered_s").value_or(0));
    curve.as_of = fields.time("as_of");
    return fields.finish(std::move(curve));
}

}  // namespace

core::Result<Dashboards> dashboards_from_json(const json& value) {
    JsonFields fields(value);
    Dashboards all;
    if (!fields.find("items")) fields.refuse("items", "is missing");
    for (const json& entry : fields.array("items", 1'000)) {
        auto board = dashboard_from_json(entry);
        fields.merge("items", board);
        if (board) all.items.push_back(std::move(*board));
    }
    for (const json& entry : fields.array("left_out", 1'000))
        if (entry.is_string()) all.left_out.push_back(entry.get<std::string>());
    return fields.finish(std::move(all));
}

core::Result<PanelCurves> panel_curves_from_json(const json& value) {
    JsonFields fields(value);
    PanelCurves curves;
    curves.step_s = std::int64_t(fields.count("step_s").value_or(1));
    if (curves.step_s < 1) fields.refuse("step_s", "is not positive");
    curves.unit = dashboards::parse_unit(fields.text("unit")).value_or(dashboards::Unit::count);
    if (!fields.find("lines")) fields.refuse("lines", "is missing");
    for (const json& entry : fields.array("lines", max_lines)) {
        auto curve = curve_from_json(entry);
        fields.merge("lines", curve);
        if (curve) curves.lines.push_back(std::move(*curve));
    }
    return fields.finish(std::move(curves));
}

}  // namespace qd::opsclient
