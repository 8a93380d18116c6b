#include "core/markup.hpp"
#include "postmortems/check.hpp"
#include "postmortems/export.hpp"
#include "postmortems/export_text.hpp"

namespace qd::postmortems {
namespace {

using core::escape_html;

constexpr std::string_view style = R"(
:root{--ink:#1b2430;--paper:#fff;--soft:#5b6878;--line:#d7dde5;--accent:#0b6bcb;--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{--ink:#e6ebf2;--paper:#12161c;--soft:#9aa7b7;--line:#2b3440;--accent:#6cb1ff;--bad:#ff8a80}}
@media print{:root{--ink:#000;--paper:#fff;--soft:#444;--line:#bbb;--accent:#004a99;--bad:#a00}}
body{margin:2rem auto;max-width:62rem;padding:0 1rem;background:var(--paper);color:var(--ink);font:16px/1.5 Inter,"DejaVu Sans",sans-serif}
h1{font-size:1.7rem}h2{margin-top:2.2rem;border-bottom:1px solid var(--line)}
table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{padding:.3rem .5rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
td.time{white-space:nowrap;font-variant-numeric:tabular-nums}
.evidence,.meta{color:var(--soft);font-size:.85rem}.open{border-left:3px solid var(--accent);padding-left:.6rem;list-style:none}
.late{color:var(--bad);font-weight:600}.chart{width:100%;height:auto;color:var(--ink)}
.chart .grid{stroke:var(--line)}.chart .axis,.chart .label{fill:var(--soft);font-size:11px}
.chart .objective{stroke:var(--bad);stroke-dasharray:6 4}.chart .sli{fill:none;stroke:var(--accent);stroke-width:2}
.chart .mark{stroke:var(--soft);stroke-dasharray:2 3}
)";

class Page {
public:
    void element(std::string_view name, std::string_view text, std::string_view class_name = {}) {
        out_ += '<';
        out_ += name;
        if (!class_name.empty()) out_.append(" class=\"").append(class_name).append("\"");
        out_.append(">").append(escape_html(text)).append("</").append(name).append(">\n");
    }
    void raw(std::string_view html) { out_ += html; }
    void list(const std::vector<Statement>& statements, const std::vector<std::string>& questions) {
        if (statements.empty() && questions.empty()) return;
        out_ += "<ul>\n";
        for (const Statement& each : statements)
            out_.append("<li>")
                .append(escape_html(each.text))
                .append(" <span class=\"evidence\">")
                .append(escape_html(evidence_text(each.evidence)))
                .append("</span></li>\n");
        for (const std::string& each : questions) element("li", to_be_written + each, "open");
        out_ += "</ul>\n";
    }
    void head(const std::vector<std::string>& cells) {
        out_ += "<table>\n<thead><tr>";
        for (const std::string& cell : cells) element("th", cell);
        out_ += "</tr></thead>\n<tbody>\n";
    }
    void row(const std::vector<std::string>& cells) {
        out_ += "<tr>";
        for (std::size_t i = 0; i < cells.size(); ++i) element("td", cells[i], i == 0 ? "time" : "");
        out_ += "</tr>\n";
    }
    void end_table() { out_ += "</tbody></table>\n"; }
    std::string take() { return std::move(out_); }

private:
    std::string out_;
};

void write_summary(Page& page, const Document& document) {
    page.element("h2", "Summary");
    page.list(document.summary, {});
    page.element("h3", "Impact");
    std::vector<std::string> open;
    if (document.impact.empty())
        open.emplace_back("how many users felt what, for how long; no objective measured it");
    page.list(document.impact, open);
    for (const ObjectiveCost& cost : document.costs) {
        const std::string chart = chart_svg(cost.series, document.marks);
        if (chart.empty()) continue;
        page.raw("<figure>\n" + chart);
        page.element(
            "figcaption",
            fmt::format(
                "{}: share of good events (line), objective {:.3g} % (dashed); gaps were not measured",
                cost.title, cost.objective * 100),
            "meta");
        page.raw("</figure>\n");
    }
    page.element("h3", "Times");
    page.head({"", "this incident", "formula", "worked out"});
    for (const MeasureRow& row : document.measures)
        page.row({row.name + ", " + row.title,
                  duration_text(row.value) + (row.within_limit ? "" : " (over the limit)"), row.formula,
                  row.worked});
    page.end_table();
    if (document.responders.empty()) return;
    page.element("h3", "Roles");
    page.head({"role", "person"});
    for (const auto& [role, person] : document.responders) page.row({role, person});
    page.end_table();
}

void write_items(Page& page, const Document& document) {
    page.element("h2", "Action Items");
    page.head({"#", "action", "kind", "owner", "due", "done when", "evidence"});
    for (std::size_t i = 0; i < document.action_items.size(); ++i) {
        const ActionItem& item = document.action_items[i];
        page.row({std::to_string(i + 1), (item.proposed ? "Proposed: " : "") + item.text, item.kind,
                  or_nobody(item.owner), or_nobody(item.due), or_nobody(item.done_when),
                  evidence_text(item.evidence)});
    }
    page.end_table();
}

}  // namespace

std::string to_html(const Document& document) {
    Page page;
    const std::string title = fmt::format("Post-mortem {}: {}", document.incident.value, document.title);
    page.raw(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.element("title", title);
    page.raw(fmt::format("<style>{}</style>\n</head>\n<body>\n", style));
    page.element("h1", title);
    page.element(
        "p",
        fmt::format("{}, {}. Compiled from the incident's journal up to event {}, recorded {}. Blameless: it "
                    "asks what systems and processes allowed, never who. All times are UTC.",
                    to_string(document.severity), to_string(document.state), document.journal_version,
                    core::format_rfc3339(document.journal_as_of)),
        "meta");
    write_summary(page, document);
    page.element("h2", "Timeline");
    page.head({"UTC", "kind", "what", "by", "evidence"});
    for (const TimelineRow& row : document.timeline)
        page.row({core::format_rfc3339(row.at), row.kind, row.text, row.actor, row.evidence});
    page.end_table();
    page.element("h2", "Root Cause");
    page.list(document.root_cause, document.open_questions_root_cause);
    write_items(page, document);
    page.element("h2", "Lessons Learned");
    page.element("h3", "What went well");
    page.list(document.went_well, {});
    page.element("h3", "What went poorly");
    page.list(document.went_poorly, {});
    page.list(document.lucky, document.open_questions_lessons);
    const auto findings = check(document);
    if (!findings.empty()) {
        page.element("h2", "Before it is shared");
        page.head({"section", "what is missing"});
        for (const Finding& finding : findings) page.row({finding.section, finding.problem});
        page.end_table();
    }
    page.raw("</body>\n</html>\n");
    return page.take();
}

}  // namespace qd::postmortems
