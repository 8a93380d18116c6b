#include <algorithm>
#include <cmath>

#include "core/markup.hpp"
#include "reports/words.hpp"

namespace qd::reports {
namespace {

using core::escape_html;

constexpr double width = 960, height = 220, left = 64, right = 16, top = 16, bottom = 28;
constexpr std::size_t most_items = 50;

constexpr std::string_view style =
    "body{font:15px/1.5 Inter,system-ui,sans-serif;max-width:980px;margin:40px auto;padding:0 "
    "24px;color:#16181d}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:6px 12px 6px "
    "0;border-bottom:1px solid "
    "#dfe3ea;vertical-align:top}.evidence{color:#555c69}.grid{stroke:#dfe3ea}.objective{stroke:#aa0000;"
    "stroke-dasharray:6 4}.sli{fill:none;stroke:#004a99;stroke-width:2}.bar{fill:#004a99}.over{fill:#aa0000}"
    ".axis{font-size:12px;fill:#555c69}svg{width:100%;height:auto}";

/// Bars of what each day spent of the month's budget; days that nothing is known of have none.
std::string days_svg(const ObjectiveReport& one) {
    if (one.allowed <= 0 || one.days.empty()) return {};
    double most = 0;
    for (const Day& day : one.days) most = std::max(most, double(day.counts.bad()) / one.allowed);
    if (most <= 0) return {};
    const double high = std::max(most, 0.01);
    const auto y = [&](double share) { return top + (height - top - bottom) * (1 - share / high); };
    const double step = (width - left - right) / double(one.days.size());
    std::string svg = fmt::format(
        "<svg class=\"chart\" viewBox=\"0 0 {:g} {:g}\" role=\"img\" aria-label=\"{}\">\n", width, height,
        escape_html("Share of the month's error budget that each day spent: " + one.objective.title));
    for (int i = 0; i <= 2; ++i) {
        const double value = high * i / 2;
        svg += fmt::format(
            "<line class=\"grid\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>"
            "<text class=\"axis\" text-anchor=\"end\" x=\"{:.1f}\" y=\"{:.1f}\">{:.1f} %</text>\n",
            left, width - right, y(value), y(value), left - 6, y(value) + 4, value * 100);
    }
    for (std::size_t i = 0; i < one.days.size(); ++i) {
        const double x = left + step * double(i);
        const double share = double(one.days[i].counts.bad()) / one.allowed;
        if (share > 0)
            svg += fmt::format(
                "<rect class=\"{}\" fill=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
                "height=\"{:.1f}\"/>\n",
                share > 1 ? "over" : "bar", share > 1 ? "#aa0000" : "#004a99", x + 2, y(share),
                std::max(1.0, step - 4), y(0) - y(share));
        if (i % 5 == 0)
            svg += fmt::format(
                "<text class=\"axis\" text-anchor=\"middle\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n",
                x + step / 2, height - 8, i + 1);
    }
    return svg + "</svg>\n";
}

template <class T, class Text>
void html_list(std::string& out, std::string_view heading, const std::vector<T>& items, Text text) {
    if (items.empty()) return;
    out += fmt::format("<h3>{}</h3>\n<ul>\n", heading);
    for (std::size_t i = 0; i < std::min(items.size(), most_items); ++i)
        out += "<li>" + escape_html(text(items[i])) + "</li>\n";
    if (items.size() > most_items) out += fmt::format("<li>and {} more</li>\n", items.size() - most_items);
    out += "</ul>\n";
}

void html_row(std::string& out, std::initializer_list<std::string> cells, std::string_view tag = "td") {
    out += "<tr>";
    for (const std::string& cell : cells) out += fmt::format("<{0}>{1}</{0}>", tag, escape_html(cell));
    out += "</tr>\n";
}

void html_section(std::string& out, const ObjectiveReport& one) {
    out += "<h2>" + escape_html(one.objective.title) + "</h2>\n";
    out += "<p class=\"evidence\">" + escape_html(slo::describe(one.objective.indicator)) + "</p>\n<table>\n";
    html_row(out, {"Objective", percent(one.objective.target) + ", " + verdict_text(one)});
    html_row(out, {"SLI", fmt::format("{} ({} of {} {} good)", sli_text(one), one.counts.good,
                                      one.counts.total, slo::unit_of(one.objective))});
    html_row(out, {"Error budget", budget_text(one)});
    html_row(out, {"SLA", contract_text(one)});
    html_row(out, {"Known", known(one)});
    out += "</table>\n";
    if (const std::string chart = days_svg(one); !chart.empty())
        out += "<p class=\"evidence\">Share of the month's error budget that each day spent</p>\n" + chart;
    html_list(out, "Alerts", one.alerts, alert_text);
    html_list(out, "Left out of the figures", one.exclusions, exclusion_text);
}

}  // namespace

std::string to_html(const Report& report) {
    std::string out = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta "
        "charset=\"utf-8\"><title>{0}</title><style>{1}</style></head>\n"
        "<body>\n<h1>{0}</h1>\n<p>{2}</p>\n",
        escape_html(title(report)), style, escape_html(scope(report)));
    out += "<table>\n";
    html_row(out, {"Objective", "Target", "SLI", "", "Error budget", "SLA", "Known"}, "th");
    for (const ObjectiveReport& one : report.objectives)
        html_row(out, {one.objective.title, percent(one.objective.target), sli_text(one), verdict_text(one),
                       budget_text(one), contract_text(one), known(one)});
    out += "</table>\n";
    html_list(out, "Incidents", report.incidents, incident_text);
    for (const ObjectiveReport& one : report.objectives) html_section(out, one);
    return out + "</body>\n</html>\n";
}

}  // namespace qd::reports
