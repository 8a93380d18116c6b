#include <algorithm>

#include "core/markup.hpp"
#include "postmortems/export_text.hpp"

namespace qd::postmortems {
namespace {

using core::escape_markdown;

/// A table may be as long as a renderer takes.
constexpr std::size_t max_table_bytes = 1 << 20;

class BlockWriter {
public:
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
    void heading(std::string_view text) {
        if (!out_.empty()) out_ += '\n';
        out_.append("### ").append(text).append("\n\n");
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
    void line(std::string_view text) { out_.append("_").append(escape_markdown(text)).append("_\n"); }
    bool empty() const { return out_.empty(); }
    std::size_t size() const { return out_.size(); }
    std::string take() { return std::move(out_); }

private:
    std::string out_;
};

void write_impact(BlockWriter& out, const Material& material, bool untouched) {
    out.statements(material.document.impact);
    if (!material.document.impact.empty()) return;
    if (untouched)
        out.item(std::string(to_be_written) +
                 "how many users felt what, for how long; no objective measured it");
    else
        out.line("No objective measured it.");
    if (!material.document.figures_missing.empty()) out.line(material.document.figures_missing);
}

void write_charts(BlockWriter& out, const Material& material) {
    for (const ObjectiveCost& cost : material.document.costs) {
        const Series::Point* lowest = nullptr;
        double least = 1;
        for (const Series::Point& point : cost.series.points) {
            if (point.total <= 0) continue;
            const double ratio = point.good / point.total;
            if (lowest == nullptr || ratio < least) {
                least = ratio;
                lowest = &point;
            }
        }
        if (lowest == nullptr) continue;
        out.item(
            fmt::format("{}: the share of good events from {} to {} was lowest at {}, {:.2f} %; the "
                        "objective is {:.3g} %",
                        cost.title, core::format_rfc3339(cost.series.points.front().at),
                        core::format_rfc3339(cost.series.points.back().at), core::format_rfc3339(lowest->at),
                        least * 100, cost.objective * 100));
    }
    if (out.empty())
        out.line(material.document.figures_missing.empty()
                     ? "There is no measured series around the incident."
                     : material.document.figures_missing);
}

void write_measures(BlockWriter& out, const Material& material) {
    out.table({"", "this incident", "formula", "worked out"});
    for (const MeasureRow& row : material.document.measures)
        out.row({row.name + ", " + row.title,
                 duration_text(row.value) + (row.within_limit ? "" : " (over the limit)"), row.formula,
                 row.worked});
}

void write_roles(BlockWriter& out, const Material& material) {
    for (const auto& [role, person] : material.document.responders) out.item(role + ": " + person);
    if (out.empty()) out.line("Nobody had a role.");
}

/// Under a heading that says UTC; a narrow column breaks it between date and time.
std::string table_time(core::WallTime at) {
    std::string text = core::format_rfc3339(at);
    if (const auto t = text.find('T'); t != std::string::npos) text[t] = ' ';
    if (text.ends_with('Z')) text.pop_back();
    return text;
}

void write_timeline(BlockWriter& out, const Material& material) {
    out.table({"UTC", "kind", "what", "by", "evidence"});
    const auto& rows = material.document.timeline;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (out.size() > max_table_bytes) {
            out.row({"", "",
                     fmt::format("{} further rows are in the journal and in the JSON", rows.size() - i), "",
                     ""});
            return;
        }
        out.row({table_time(rows[i].at), rows[i].kind, rows[i].text, rows[i].actor,
                 rows[i].evidence + (rows[i].metric.empty() ? "" : "; " + rows[i].metric)});
    }
}

void write_messages(BlockWriter& out, const Material& material) {
    for (const TimelineRow& row : material.document.timeline)
        if (row.kind == "status_update")
            out.statements({{fmt::format("{} {}", table_time(row.at), row.text), {{row.event}, {}}}});
    if (out.empty()) out.line("No status update was written.");
}

void write_suspects(BlockWriter& out, const Material& material, bool untouched) {
    out.statements(material.document.root_cause);
    if (untouched) out.questions(material.document.open_questions_root_cause);
    if (out.empty()) out.line("The journal names no suspect.");
}

void write_factors(BlockWriter& out, const Material& material, bool untouched) {
    for (const Factor& factor : material.draft.factors) {
        Evidence evidence{factor.events, {}};
        out.statements({{factor.tag + ": " + factor.text, std::move(evidence)}});
    }
    if (!out.empty()) return;
    if (untouched)
        out.item(std::string(to_be_written) + "what contributed, as tags that can be found again");
    else
        out.line("No factor has been tagged.");
}

void write_actions(BlockWriter& out, const Material& material) {
    out.table({"#", "action", "kind", "owner", "due", "done when", "state"});
    for (const Action& each : material.actions)
        out.row({each.id, each.text, each.kind, or_nobody(each.owner), or_nobody(each.due),
                 or_nobody(each.done_when),
                 std::string(to_string(each.state)) + (each.reason.empty() ? "" : ": " + each.reason) +
                     (each.tracker_url.empty() ? "" : " " + each.tracker_url)});
    int number = 0;
    for (const Proposal& each : open_proposals(material.document, material.actions))
        out.row({std::to_string(++number), "Proposed: " + each.item.text, each.item.kind,
                 or_nobody(each.item.owner), or_nobody(each.item.due), or_nobody(each.item.done_when),
                 "rests on " + evidence_text(each.item.evidence)});
}

void write_lessons(BlockWriter& out, const Material& material, bool untouched) {
    const Document& document = material.document;
    const auto part = [&out](std::string_view title, const std::vector<Statement>& statements) {
        if (statements.empty()) return;
        out.heading(title);
        out.statements(statements);
    };
    part("What went well", document.went_well);
    part("What went poorly", document.went_poorly);
    part("Where we were lucky", document.lucky);
    if (untouched && !document.open_questions_lessons.empty()) {
        out.heading("Still open");
        out.questions(document.open_questions_lessons);
    }
}

void write_part(BlockWriter& out, const std::vector<Statement>& statements) {
    out.statements(statements);
    if (out.empty()) out.line("Clocks and alerts tell of nothing.");
}

void write_reviewers(BlockWriter& out, const Material& material) {
    for (const Reviewer& each : material.draft.reviewers)
        out.item(fmt::format("{}: {}{}", each.person, to_string(each.verdict),
                             each.outdated ? " (of an earlier text)" : ""));
    if (out.empty()) out.line("Nobody has been asked to review it.");
}

std::string digest_of(std::string_view text) {
    std::uint64_t hash = 0xCBF29CE484222325u;  // FNV-1a: tells whether it is the same, and keeps nobody out
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
    return fmt::format("{:016x}", hash);
}

}  // namespace

std::string proposal_key(const ActionItem& item) {
    std::string letters = item.kind + ":";
    for (const char c : item.text)
        if (c < '0' || c > '9') letters += c;
    return digest_of(letters);
}

std::vector<Proposal> open_proposals(const Document& document, std::span<const Action> actions) {
    std::vector<Proposal> open;
    for (const ActionItem& item : document.action_items) {
        const std::string key = proposal_key(item);
        if (std::ranges::find(actions, key, &Action::proposal) == actions.end()) open.push_back({key, item});
    }
    return open;
}

std::string block_markdown(std::string_view name, const Material& material, bool untouched) {
    BlockWriter out;
    const Document& document = material.document;
    if (name == "summary") out.statements(document.summary);
    if (name == "impact") write_impact(out, material, untouched);
    if (name == "charts") write_charts(out, material);
    if (name == "measures") write_measures(out, material);
    if (name == "roles") write_roles(out, material);
    if (name == "timeline") write_timeline(out, material);
    if (name == "messages") write_messages(out, material);
    if (name == "suspects") write_suspects(out, material, untouched);
    if (name == "factors") write_factors(out, material, untouched);
    if (name == "action_items") write_actions(out, material);
    if (name == "lessons") write_lessons(out, material, untouched);
    if (name == "went_well") write_part(out, document.went_well);
    if (name == "went_poorly") write_part(out, document.went_poorly);
    if (name == "reviewers") write_reviewers(out, material);
    return out.take();
}

std::string block_digest(std::string_view name, const Material& material) {
    std::string counted;
    if (name == "timeline") {
        // Stored history gets coarser with age: what was measured at a row is no word of the journal.
        for (const TimelineRow& row : material.document.timeline)
            counted += fmt::format("{} {} {} {} {}\n", core::format_rfc3339(row.at), row.kind, row.text,
                                   row.actor, row.evidence);
        return digest_of(counted);
    }
    if (name != "impact") return digest_of(block_markdown(name, material));
    for (const ObjectiveCost& cost : material.document.costs)
        counted += fmt::format("{} {} {}\n", cost.id, cost.good, cost.total);
    return digest_of(counted);
}

std::vector<Block> blocks_of(const Material& material) {
    std::vector<Block> blocks;
    for (const Placeholder& each : placeholders())
        if (each.block)
            blocks.push_back({std::string(each.name), std::string(each.title),
                              block_markdown(each.name, material), block_digest(each.name, material)});
    return blocks;
}

std::vector<Detached> detached_of(const Material& material) {
    std::vector<Detached> found;
    for (const Section& section : material.draft.sections)
        for (const Piece& piece : split(section.current.text))
            if (piece.kind == PieceKind::detached)
                found.push_back({section.id, piece.name, piece.taken_at,
                                 piece.digest.empty() ? piece.taken_at < material.document.journal_version
                                                      : piece.digest != block_digest(piece.name, material)});
    return found;
}

Draft fresh_draft(const incidents::IncidentId& incident, const Template& chosen) {
    Draft draft;
    draft.incident = incident;
    draft.template_name = chosen.name;
    draft.template_title = chosen.title;
    for (const TemplateSection& each : chosen.sections) {
        Section section;
        section.id = each.id;
        section.title = each.title;
        section.guidance = each.guidance;
        section.current.text = each.text;
        draft.sections.push_back(std::move(section));
    }
    return draft;
}

}  // namespace qd::postmortems
