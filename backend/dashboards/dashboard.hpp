#pragma once
// A dashboard: panels in a grid, for people of one role. Plain values.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/strong_id.hpp"
#include "dashboards/query.hpp"

namespace qd::dashboards {

using DashboardId = core::StrongId<struct DashboardTag>;  // 1-64 of a-z 0-9 and '-'

enum class Role { on_call, release_manager, business, other };
enum class PanelKind { chart, stat, slo, slos, text, alerts, rollouts };
/// How values are written. A rate in `per_minute` is multiplied by 60.
enum class Unit { count, ratio, percent, seconds, per_second, per_minute, bytes, bytes_per_second };

std::string_view to_string(Role role);  // "on-call", "release-manager", …
std::string_view to_string(PanelKind kind);
std::string_view to_string(Unit unit);
std::optional<Role> parse_role(std::string_view text);
std::optional<PanelKind> parse_panel_kind(std::string_view text);
std::optional<Unit> parse_unit(std::string_view text);

inline constexpr std::size_t max_panels = 24;
inline constexpr std::size_t max_series = 8;  // of a panel, and lines that a query is split into
inline constexpr std::size_t max_dashboards = 50;

struct PanelSeries {
    std::string label;  // of the line; with `by` it stands before the label's value, and may be empty
    Query query;

    bool operator==(const PanelSeries&) const = default;
};

struct Panel {
    std::string title;
    PanelKind kind = PanelKind::chart;
    Unit unit = Unit::count;
    int width = 1;                    // columns
    int height = 1;                   // rows of the grid, 1..12
    std::string slo;                  // of kind slo: its id
    std::string text;                 // of kind text
    std::vector<PanelSeries> series;  // of kinds chart (1..8) and stat (one, not split)

    bool operator==(const Panel&) const = default;
};

struct Dashboard {
    DashboardId id;
    std::string title;
    Role role = Role::other;
    int columns = 2;  // 1..4
    std::vector<Panel> panels;

    bool operator==(const Dashboard&) const = default;
};

}  // namespace qd::dashboards
