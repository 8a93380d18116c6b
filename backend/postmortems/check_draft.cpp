#include <algorithm>
#include <set>

#include "incidents/event.hpp"
#include "markdown/read.hpp"
#include "postmortems/export.hpp"
#include "postmortems/export_text.hpp"

namespace qd::postmortems {
namespace {

std::vector<std::string> people_of(const Document& document) {
    std::set<std::string> names;
    for (const auto& [role, person] : document.responders) names.insert(person);
    for (const TimelineRow& row : document.timeline)
        if (!row.actor.empty() && !incidents::is_machine_source(row.actor) && row.actor != "engine")
            names.insert(row.actor);
    names.erase("");
    return {names.begin(), names.end()};
}

struct PersonsText {
    bool any = false;     // somebody has written prose
    bool blocks = false;  // something compiled stands there
    bool impact = false;
};

PersonsText check_section(std::vector<Finding>& findings, const Section& section,
                          std::span<const std::string> names, const Material& material) {
    PersonsText found;
    for (const Misuse& misuse : misuses(section.current.text))
        findings.push_back(finding(rule::placeholder, section.title, misuse.what, misuse.line));
    for (const Piece& piece : split(section.current.text)) {
        if (piece.kind == PieceKind::block) {
            found.blocks = true;
            continue;
        }
        if (piece.kind == PieceKind::detached) {
            const std::string note = detached_note(piece, material);
            if (note.find("something else") != std::string::npos)
                findings.push_back(finding(rule::detached, section.title,
                                           fmt::format("{}: {}", piece.name, note), piece.line));
        }
        const std::size_t before = piece.line - (piece.kind == PieceKind::detached ? 0 : 1);
        const auto blocks = markdown::read_blocks(piece.text);
        if (!blocks) {
            findings.push_back(finding(rule::placeholder, section.title, blocks.error().message, piece.line));
            continue;
        }
        bool causes = is_about_causes(section.title);
        for (const markdown::TextBlock& block : *blocks) {
            if (block.kind == markdown::BlockKind::heading) {
                causes = is_about_causes(section.title) || is_about_causes(block.text);
                continue;
            }
            found.any = true;
            found.impact = found.impact || tells_impact(block.text);
            check_words(findings, section.title, causes, block.text, names, before + block.line);
        }
    }
    return found;
}

void check_actions(std::vector<Finding>& findings, const Material& material) {
    const std::string section = "Action Items";
    for (const Action& each : material.actions) {
        if (each.state == ActionState::declined || each.state == ActionState::done) continue;
        const auto add = [&](std::string_view name, std::string_view problem) {
            findings.push_back(finding(name, section, fmt::format("{} {}", each.id, problem)));
        };
        if (each.owner.empty()) add(rule::action_owner, "has no owner");
        if (each.due.empty()) add(rule::action_due, "has no due date");
        if (each.done_when.empty()) add(rule::action_done, "does not say when it is done");
        if (!begins_with_a_deed(each.text)) add(rule::action_verb, "does not begin with a deed");
    }
    for (const Proposal& each : open_proposals(material.document, material.actions))
        findings.push_back(finding(rule::action_proposed, section,
                                   fmt::format("\"{}\" is only proposed", each.item.text.substr(0, 80))));
    if (material.actions.empty()) findings.push_back(finding(rule::action_none, section, "there is none"));
}

/// The journal itself shows more than one thing that had to meet.
bool shows_several(const Document& document) {
    return document.root_cause.size() > 1 ||
           (document.root_cause.size() == 1 && !document.went_poorly.empty());
}

}  // namespace

std::vector<Finding> check(const Material& material) {
    const Draft& draft = material.draft;
    std::vector<Finding> findings;
    const std::vector<std::string> names = people_of(material.document);
    bool impact = false;
    for (const Section& section : draft.sections) {
        const bool untouched = section.current.seq == 0;
        const PersonsText text = check_section(findings, section, names, material);
        impact = impact || text.impact;
        if (!text.any && !text.blocks)
            findings.push_back(finding(rule::empty_section, section.title, "nothing stands in it"));
        if (!section.conflicts.empty())
            findings.push_back(finding(rule::conflict, section.title, conflict_note(section)));
        if (!untouched) continue;
        for (const Piece& piece : split(section.current.text)) {
            if (piece.name == "suspects")
                findings.push_back(finding(rule::empty_section, section.title,
                                           "a person has to say why: only suspicions can be compiled"));
            if (piece.name == "lessons")
                findings.push_back(finding(rule::empty_section, section.title,
                                           "people have to add theirs: clocks tell only a part"));
        }
    }
    for (Finding& each : check(material.document)) {
        if (each.rule == rule::impact && impact) continue;
        findings.push_back(std::move(each));
    }
    if (shows_several(material.document) && draft.factors.size() < 2)
        findings.push_back(finding(rule::single_cause, "Root Cause",
                                   fmt::format("the journal shows several things that met; {} tagged",
                                               draft.factors.empty() ? "no factor is" : "one factor is")));
    check_actions(findings, material);
    for (const Comment& comment : draft.comments) {
        if (comment.resolved) continue;
        const Section* section = find_section(draft, comment.section);
        findings.push_back(
            finding(rule::open_comment, section == nullptr ? "" : section->title,
                    fmt::format("{} asks: \"{}\"", comment.author, comment.text.substr(0, 80))));
    }
    return findings;
}

}  // namespace qd::postmortems
