#include "core/markup.hpp"
#include "markdown/html.hpp"
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
td:first-child{font-variant-numeric:tabular-nums}.right{text-align:right}.center{text-align:center}
pre{overflow-x:auto;padding:.6rem;border:1px solid var(--line)}blockquote{margin-left:0;padding-left:1rem;border-left:3px solid var(--line)}
a{color:var(--accent)}.note{border-left:3px solid var(--accent);padding-left:.6rem}
.meta{color:var(--soft);font-size:.85rem}
.chart{width:100%;height:auto;color:var(--ink)}
.chart .grid{stroke:var(--line)}.chart .axis,.chart .label{fill:var(--soft);font-size:11px}
.chart .objective{stroke:var(--bad);stroke-dasharray:6 4}.chart .sli{fill:none;stroke:var(--accent);stroke-width:2}
.chart .mark{stroke:var(--soft);stroke-dasharray:2 3}
)";

void element(std::string& out, std::string_view name, std::string_view text,
             std::string_view class_name = {}) {
    out.append("<").append(name);
    if (!class_name.empty()) out.append(" class=\"").append(class_name).append("\"");
    out.append(">").append(escape_html(text)).append("</").append(name).append(">\n");
}

/// What cannot be rendered is shown as it was written.
void write_text(std::string& out, std::string_view text, const Section& section) {
    const auto html = markdown::to_html(text, {0, section.id + "-"});
    if (html) {
        out += *html;
        return;
    }
    element(out, "p", html.error().message, "meta");
    element(out, "pre", text);
}

void draw_charts(std::string& out, const Material& material) {
    for (const ObjectiveCost& cost : material.document.costs) {
        const std::string chart = chart_svg(cost.series, material.document.marks);
        if (chart.empty()) continue;
        out.append("<figure>\n").append(chart);
        element(out, "figcaption",
                fmt::format(
                    "{}: share of good events (line), objective {:.3g} % (dashed); gaps were not measured",
                    cost.title, cost.objective * 100),
                "meta");
        out += "</figure>\n";
    }
}

void draw_section(std::string& out, const Section& section, const Material& material) {
    out += fmt::format("<section>\n<h2 id=\"{}\">{}</h2>\n", escape_html(section.id),
                       escape_html(section.title));
    const bool untouched = section.current.seq == 0;
    for (const Piece& piece : pieces_of(section, material)) {
        switch (piece.kind) {
            case PieceKind::text:
                write_text(out, piece.text, section);
                break;
            case PieceKind::block:
                if (piece.name == "charts") draw_charts(out, material);
                write_text(out, block_markdown(piece.name, material, untouched), section);
                break;
            case PieceKind::detached:
                write_text(out, piece.text, section);
                element(out, "p", detached_note(piece, material), "meta note");
                break;
        }
    }
    if (const std::string note = conflict_note(section); !note.empty()) element(out, "p", note, "meta note");
    out += "</section>\n";
}

}  // namespace

std::string to_html(const Material& material) {
    const std::string title = headline(material);
    std::string out =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
    element(out, "title", title);
    out += fmt::format("<style>{}</style>\n</head>\n<body>\n", style);
    element(out, "h1", title);
    element(out, "p", preamble(material), "meta");
    for (const Section& section : material.draft.sections) draw_section(out, section, material);
    const auto findings = check(material);
    if (!findings.empty() && material.draft.state != ReviewState::published) {
        element(out, "h2", "Before it is shared");
        out += "<table>\n<thead><tr>";
        for (const char* head : {"section", "what is missing", "why it matters", "what would mend it"})
            element(out, "th", head);
        out += "</tr></thead>\n<tbody>\n";
        for (const Finding& each : findings) {
            out += "<tr>";
            for (const std::string* cell : {&each.section, &each.problem, &each.why, &each.mend})
                element(out, "td", *cell);
            out += "</tr>\n";
        }
        out += "</tbody></table>\n";
    }
    return out + "</body>\n</html>\n";
}

}  // namespace qd::postmortems
