#pragma once
// Dashboards as GET /api/v1/dashboards tells of them, and what their panels draw. Plain values and their
// decoding.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "dashboards/dashboard.hpp"

namespace qd::opsclient {

/// A line or a group of lines of a panel, in words.
struct PanelSource {
    std::string label;
    std::string function;  // rate | increase | gauge | quantile | ratio
    std::string query;     // "rate(gateway_responses_total{code=5*}) by route"

    bool operator==(const PanelSource&) const = default;
};

struct Panel {
    std::string title;
    dashboards::PanelKind kind = dashboards::PanelKind::chart;
    dashboards::Unit unit = dashboards::Unit::count;
    int width = 1;   // columns
    int height = 1;  // rows
    std::string slo;
    std::string text;
    std::vector<PanelSource> sources;

    bool operator==(const Panel&) const = default;
};

struct Dashboard {
    dashboards::DashboardId id;
    std::string title;
    dashboards::Role role = dashboards::Role::other;
    int columns = 1;
    std::string source;  // "built-in", or the file's name
    std::string
        error;  // file, line and reason while the file is broken: the panels are its last good version's
    std::vector<Panel> panels;

    bool operator==(const Dashboard&) const = default;
};

struct Dashboards {
    std::vector<Dashboard> items;
    std::vector<std::string> left_out;  // what is beyond a limit, in sentences

    bool operator==(const Dashboards&) const = default;
};

/// `low` and `high` are the extremes within the step.
struct CurvePoint {
    core::WallTime at{};  // the step's begin
    double value = 0;
    double low = 0;
    double high = 0;

    bool operator==(const CurvePoint&) const = default;
};

struct Curve {
    std::string label;
    std::string split;  // the label's value that makes it a line of its own
    std::vector<CurvePoint> points;
    std::optional<double> over_range;     // over the whole range; of a gauge its last reading
    std::int64_t covered_s = 0;           // seconds of the range with a reading
    std::optional<core::WallTime> as_of;  // of the last reading; nothing: never

    bool operator==(const Curve&) const = default;
};

struct PanelCurves {
    std::int64_t step_s = 1;
    dashboards::Unit unit = dashboards::Unit::count;
    std::vector<Curve> lines;

    bool operator==(const PanelCurves&) const = default;
};

/// Errc::invalid_argument names the field that does not fit; an unknown word of a newer opsd is "other",
/// "text" or "count".
core::Result<Dashboards> dashboards_from_json(const nlohmann::json& value);
core::Result<PanelCurves> panel_curves_from_json(const nlohmann::json& value);

}  // namespace qd::opsclient
