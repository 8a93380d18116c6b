#include "core/markup.hpp"
#include "reports/words.hpp"

namespace qd::reports {
namespace {

using core::escape_markdown;

constexpr std::size_t most_listed = 50;

template <class T, class Text>
void markdown_list(std::string& out, std::string_view heading, const std::vector<T>& items, Text text) {
    if (items.empty()) return;
    out += fmt::format("**{}**\n\n", heading);
    for (std::size_t i = 0; i < std::min(items.size(), most_listed); ++i)
        out += "- " + escape_markdown(text(items[i])) + "\n";
    if (items.size() > most_listed) out += fmt::format("- and {} more\n", items.size() - most_listed);
    out += "\n";
}

void markdown_section(std::string& out, const ObjectiveReport& one) {
    const slo::Objective& objective = one.objective;
    out += "## " + escape_markdown(objective.title) + "\n\n";
    out += escape_markdown(slo::describe(objective.indicator)) + "\n\n";
    out += fmt::format("- Objective: {}, {}\n", percent(objective.target), verdict_text(one));
    out += fmt::format("- SLI: {} ({} of {} {} good)\n", sli_text(one), one.counts.good, one.counts.total,
                       slo::unit_of(objective));
    out += fmt::format("- Error budget: {}\n", budget_text(one));
    out += fmt::format("- SLA: {}\n", escape_markdown(contract_text(one)));
    out += fmt::format("- Known: {}\n\n", known(one));
    markdown_list(out, "Alerts", one.alerts, alert_text);
    markdown_list(out, "Left out of the figures", one.exclusions, exclusion_text);
    bool any = false;
    for (const Day& day : one.days) {
        if (day.covered_s == 0) continue;
        if (!any) out += "| Day | SLI | Bad | All |\n|---|---:|---:|---:|\n";
        any = true;
        const auto ratio = day.counts.good_ratio();
        out += fmt::format("| {} | {} | {} | {} |\n",
                           minute(core::WallTime(std::chrono::seconds(day.from_s))).substr(0, 10),
                           ratio ? percent(*ratio) : "no traffic", day.counts.bad(), day.counts.total);
    }
    out += any ? "\n" : "No day of this month is known.\n\n";
}

}  // namespace

std::string to_markdown(const Report& report) {
    std::string out = "# " + title(report) + "\n\n" + escape_markdown(scope(report)) + "\n\n";
    if (report.objectives.empty()) return out + "There is no objective.\n";
    out += "| Objective | Target | SLI | | Error budget | SLA | Known |\n|---|---:|---:|---|---|---|---|\n";
    for (const ObjectiveReport& one : report.objectives)
        out += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", escape_markdown(one.objective.title),
                           percent(one.objective.target), sli_text(one), verdict_text(one), budget_text(one),
                           escape_markdown(contract_text(one)), known(one));
    out += "\n";
    markdown_list(out, "Incidents", report.incidents, incident_text);
    for (const ObjectiveReport& one : report.objectives) markdown_section(out, one);
    return out;
}

}  // namespace qd::reports
