#include "core/markup.hpp"
#include "postmortems/check.hpp"
#include "postmortems/export.hpp"
#include "postmortems/export_text.hpp"

namespace qd::postmortems {
namespace {

using core::escape_markdown;

class Writer {
public:
    void heading(int level, std::string_view text) {
        if (!out_.empty() && !out_.ends_with("\n\n")) out_ += '\n';
        out_.append(std::size_t(level), '#').append(" ").append(escape_markdown(text)).append("\n\n");
    }
    void paragraph(std::string_view text) { out_.append(escape_markdown(text)).append("\n\n"); }
    void item(std::string_view text) { out_.append("- ").append(escape_markdown(text)).append("\n"); }
    void statements(const std::vector<Statement>& statements) {
        for (const Statement& each : statements)
            out_.append("- ")
                .append(escape_markdown(each.text))
                .append(" _Evidence: ")
                .append(escape_markdown(evidence_text(each.evidence)))
                .append("._\n");
    }
    void questions(const std::vector<std::string>& questions) {
        for (const std::string& each : questions) item(to_be_written + each);
    }
    void table(const std::vector<std::string>& head) {
        row(head);
        out_ += '|';
        for (std::size_t i = 0; i < head.size(); ++i) out_ += "---|";
        out_ += '\n';
    }
    void row(const std::vector<std::string>& cells) {
        out_ += '|';
        for (const std::string& cell : cells) out_.append(" ").append(escape_markdown(cell)).append(" |");
        out_ += '\n';
    }
    std::string take() { return std::move(out_); }

private:
    std::string out_;
};

void write_summary(Writer& out, const Document& document) {
    out.heading(2, "Summary");
    out.statements(document.summary);
    out.heading(3, "Impact");
    out.statements(document.impact);
    if (document.impact.empty())
        out.item(std::string(to_be_written) +
                 "how many users felt what, for how long; no objective measured it");
    out.heading(3, "Times");
    out.table({"", "this incident", "formula", "worked out"});
    for (const MeasureRow& row : document.measures)
        out.row({row.name + ", " + row.title,
                 duration_text(row.value) + (row.within_limit ? "" : " (over the limit)"), row.formula,
                 row.worked});
    if (!document.responders.empty()) {
        out.heading(3, "Roles");
        for (const auto& [role, person] : document.responders) out.item(role + ": " + person);
    }
}

}  // namespace

std::string to_markdown(const Document& document) {
    Writer out;
    out.heading(1, fmt::format("Post-mortem {}: {}", document.incident.value, document.title));
    out.paragraph(
        fmt::format("{}, {}. Compiled from the incident's journal up to event {}, recorded {}. Blameless: it "
                    "asks what systems and processes allowed, never who. All times are UTC.",
                    to_string(document.severity), to_string(document.state), document.journal_version,
                    core::format_rfc3339(document.journal_as_of)));
    write_summary(out, document);

    out.heading(2, "Timeline");
    out.table({"UTC", "kind", "what", "by", "evidence"});
    for (const TimelineRow& row : document.timeline)
        out.row({core::format_rfc3339(row.at), row.kind, row.text, row.actor, row.evidence});

    out.heading(2, "Root Cause");
    out.statements(document.root_cause);
    out.questions(document.open_questions_root_cause);

    out.heading(2, "Action Items");
    out.table({"#", "action", "kind", "owner", "due", "done when", "evidence"});
    for (std::size_t i = 0; i < document.action_items.size(); ++i) {
        const ActionItem& item = document.action_items[i];
        out.row({std::to_string(i + 1), (item.proposed ? "Proposed: " : "") + item.text, item.kind,
                 or_nobody(item.owner), or_nobody(item.due), or_nobody(item.done_when),
                 evidence_text(item.evidence)});
    }

    out.heading(2, "Lessons Learned");
    out.heading(3, "What went well");
    out.statements(document.went_well);
    out.heading(3, "What went poorly");
    out.statements(document.went_poorly);
    if (!document.lucky.empty()) {
        out.heading(3, "Where we were lucky");
        out.statements(document.lucky);
    }
    out.heading(3, "Still open");
    out.questions(document.open_questions_lessons);

    const auto findings = check(document);
    if (!findings.empty()) {
        out.heading(2, "Before it is shared");
        for (const Finding& finding : findings) out.item(finding.section + ": " + finding.problem);
    }
    return out.take();
}

}  // namespace qd::postmortems
