#include "slo/interchange/grafana.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "slo/interchange/duration.hpp"
#include "slo/interchange/prometheus.hpp"
#include "slo/interchange/refusals.hpp"

namespace qd::slo::interchange {
namespace {

using ordered = nlohmann::ordered_json;

constexpr std::size_t unfolded = 5;
constexpr int panel_height = 8, row_height = 1;

const ordered& data_source() {
    static const ordered source{{"type", "prometheus"}, {"uid", "${datasource}"}};
    return source;
}

struct Line {
    std::string expression, legend;
};

/// What is the same in every panel. `x` and `width` in 24ths of the page.
ordered panel(std::string_view type, std::string title, std::string unit, const std::vector<Line>& lines,
              int x, int width) {
    ordered targets = ordered::array();
    for (const Line& line : lines)
        targets.push_back({{"refId", std::string(1, char('A' + targets.size() % 26)) +
                                         (targets.size() < 26 ? "" : std::to_string(targets.size() / 26))},
                           {"datasource", data_source()},
                           {"expr", line.expression},
                           {"legendFormat", line.legend}});
    return {{"type", type},
            {"title", std::move(title)},
            {"datasource", data_source()},
            {"gridPos", {{"h", panel_height}, {"w", width}, {"x", x}, {"y", 0}}},
            {"fieldConfig", {{"defaults", {{"unit", std::move(unit)}}}, {"overrides", ordered::array()}}},
            {"targets", std::move(targets)}};
}

ordered budget_panel(const Objective& objective) {
    ordered budget = panel(
        "stat", "Error budget left", "percentunit",
        {{recorded("slo:error_budget:remaining_ratio", objective), prometheus_duration(objective.window_s)}},
        0, 4);
    budget["fieldConfig"]["defaults"]["thresholds"] = {
        {"mode", "absolute"},
        {"steps", ordered::array({{{"color", "red"}, {"value", nullptr}},
                                  {{"color", "yellow"}, {"value", 0.000001}},
                                  {{"color", "green"}, {"value", 0.25}}})}};
    return budget;
}

ordered burn_panel(const Objective& objective) {
    std::vector<Line> lines;
    std::set<std::int64_t> windows;
    for (const BurnRow& row : objective.rows) windows.insert({row.short_s, row.long_s});
    for (const std::int64_t window_s : windows)
        lines.push_back(
            {recorded("slo:burn_rate:increase", window_s, objective), prometheus_duration(window_s)});
    for (const BurnRow& row : objective.rows)
        lines.push_back({fmt::format("vector({:.12g})", row.factor),
                         fmt::format("bound of {} & {}", prometheus_duration(row.short_s),
                                     prometheus_duration(row.long_s))});
    ordered burn = panel("timeseries", "Burn rate", "none", lines, 12, 6);
    burn["fieldConfig"]["defaults"]["min"] = 0;
    return burn;
}

bool counts_requests(std::string_view unit) {
    return unit == "requests" || unit == "observations";
}

std::string rate_title(std::string_view unit) {
    if (counts_requests(unit)) return "Request rate";
    return fmt::format("{}{} a second", char(unit[0] - 'a' + 'A'), unit.substr(1));
}

ordered rate_panel(const Objective& objective) {
    const std::int64_t window_s = objective.fastest_row().short_s;
    const std::string all = recorded("slo:events:increase", window_s, objective);
    const std::string bad = recorded("slo:bad_events:increase", window_s, objective);
    const bool time = !objective.timeslices && std::holds_alternative<TimeIndicator>(objective.indicator);
    const std::string_view unit = unit_of(objective);
    // Milliseconds of time in a second: how many seconds pass at once.
    const std::int64_t divisor = time ? window_s * 1'000 : window_s;
    ordered rate = panel("timeseries", time ? "Time counted, seconds a second" : rate_title(unit),
                         counts_requests(unit) ? "reqps" : "none",
                         {{fmt::format("({} - {}) / {}", all, bad, divisor), "good"},
                          {fmt::format("{} / {}", bad, divisor), "bad"}},
                         18, 6);
    rate["fieldConfig"]["defaults"]["custom"] = {{"stacking", {{"mode", "normal"}}}, {"fillOpacity", 20}};
    return rate;
}

std::vector<ordered> panels_of(const Objective& objective) {
    ordered sli =
        panel("timeseries", "SLI", "percentunit",
              {{recorded("slo:sli:ratio", objective), "SLI over " + prometheus_duration(objective.window_s)},
               {recorded("slo:objective:ratio", objective), "objective"}},
              4, 8);
    sli["fieldConfig"]["defaults"]["max"] = 1;
    return {budget_panel(objective), std::move(sli), burn_panel(objective), rate_panel(objective)};
}

ordered variable() {
    return {
        {"name", "datasource"}, {"label", "Data source"}, {"type", "datasource"}, {"query", "prometheus"}};
}

}  // namespace

core::Result<std::string> write_grafana_dashboard(const std::vector<Objective>& objectives) {
    ordered panels = ordered::array();
    int id = 1, y = 0;
    std::int64_t longest_s = 3'600;
    for (const Objective& objective : objectives) {
        if (auto known = promql_can_say(objective); !known) return core::Failure(known.error());
        const bool folded = objectives.size() > unfolded;
        ordered row{{"id", id++},
                    {"type", "row"},
                    {"title", fmt::format("{} ({:.12g} %)", objective.title, objective.target * 100)},
                    {"collapsed", folded},
                    {"gridPos", {{"h", row_height}, {"w", 24}, {"x", 0}, {"y", y}}},
                    {"panels", ordered::array()}};
        y += row_height;
        std::vector<ordered> below = panels_of(objective);
        for (ordered& one : below) {
            one["id"] = id++;
            one["gridPos"]["y"] = y;
        }
        if (folded) {
            row["panels"] = below;
            panels.push_back(std::move(row));
        } else {
            panels.push_back(std::move(row));
            for (ordered& one : below) panels.push_back(std::move(one));
            y += panel_height;
        }
        longest_s = std::max(longest_s, objective.window_s);
    }
    const ordered dashboard{{"uid", "quarterdeck-slos"},
                            {"title", "Service level objectives"},
                            {"tags", ordered::array({"slo", "quarterdeck"})},
                            {"schemaVersion", 39},
                            {"editable", true},
                            {"timezone", "browser"},
                            {"time", {{"from", fmt::format("now-{}s", longest_s)}, {"to", "now"}}},
                            {"refresh", "10s"},
                            {"templating", {{"list", ordered::array({variable()})}}},
                            {"annotations", {{"list", ordered::array()}}},
                            {"panels", std::move(panels)}};
    return dashboard.dump(2, ' ', false, ordered::error_handler_t::replace) + '\n';
}

}  // namespace qd::slo::interchange
