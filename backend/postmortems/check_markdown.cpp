#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "incidents/event.hpp"
#include "markdown/read.hpp"
#include "postmortems/check.hpp"

namespace qd::postmortems {
namespace {

using markdown::BlockKind;
using markdown::TextBlock;

constexpr std::size_t most_findings = 1'000;

std::string small(std::string_view text) {
    std::string lower(text);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
    return lower;
}

template <std::size_t N>
bool mentions(std::string_view text, const std::array<std::string_view, N>& words) {
    const std::string lower = small(text);
    return std::ranges::any_of(words,
                               [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

bool is_open_cell(std::string_view cell) {
    constexpr std::array<std::string_view, 11> open{"",     "-",       "?",      "none", "none yet", "tbd",
                                                    "todo", "not yet", "nobody", "n/a",  "unknown"};
    const auto first = cell.find_first_not_of(' ');
    if (first == std::string_view::npos) return true;
    const std::string bare = small(cell.substr(first, cell.find_last_not_of(' ') - first + 1));
    return std::ranges::find(open, bare) != open.end();
}

bool holds_date(std::string_view text) {
    for (std::size_t i = 0; i + 10 <= text.size(); ++i) {
        bool date = true;
        for (std::size_t k = 0; k < 10 && date; ++k)
            date = k == 4 || k == 7 ? text[i + k] == '-' : text[i + k] >= '0' && text[i + k] <= '9';
        if (date) return true;
    }
    return false;
}

/// The column of a table's head that is called like one of `words`.
template <std::size_t N>
std::optional<std::size_t> column(const TextBlock& head, const std::array<std::string_view, N>& words) {
    for (std::size_t i = 0; i < head.cells.size(); ++i)
        if (mentions(head.cells[i], words)) return i;
    return std::nullopt;
}

std::string_view cell_of(const TextBlock& row, std::optional<std::size_t> at) {
    return at && *at < row.cells.size() ? std::string_view(row.cells[*at]) : std::string_view();
}

struct PartOfFile {
    std::string title;
    std::size_t line = 0;
    std::vector<TextBlock> blocks;  // subheadings included

    bool is(std::string_view word) const { return small(title).find(word) != std::string::npos; }
    bool has_text() const {
        return std::ranges::any_of(blocks,
                                   [](const TextBlock& block) { return block.kind != BlockKind::heading; });
    }
};

/// By headings of the second level; where there are none, of the first.
std::vector<PartOfFile> parts_of(const std::vector<TextBlock>& blocks) {
    const bool second = std::ranges::any_of(
        blocks, [](const TextBlock& block) { return block.kind == BlockKind::heading && block.level == 2; });
    std::vector<PartOfFile> parts;
    for (const TextBlock& block : blocks) {
        if (block.kind == BlockKind::heading && block.level == (second ? 2 : 1))
            parts.push_back({block.text, block.line, {}});
        else if (!parts.empty())
            parts.back().blocks.push_back(block);
    }
    return parts;
}

/// People that the file itself names: who had a role, who did something, who owns an action.
std::vector<std::string> names_in(const std::vector<PartOfFile>& parts) {
    constexpr std::array<std::string_view, 4> who{"by", "actor", "owner", "who"};
    std::set<std::string> names;
    const auto add = [&names](std::string_view name) {
        const auto first = name.find_first_not_of(' ');
        if (first == std::string_view::npos || is_open_cell(name)) return;
        std::string person(name.substr(first, name.find_last_not_of(' ') - first + 1));
        if (person.size() <= 60 && !incidents::is_machine_source(person) && person != "engine")
            names.insert(std::move(person));
    };
    for (const PartOfFile& part : parts) {
        bool roles = part.is("role") || part.is("responder");
        std::optional<std::size_t> at;
        for (const TextBlock& block : part.blocks) {
            if (block.kind == BlockKind::heading)
                roles = mentions(block.text, std::array<std::string_view, 2>{"role", "responder"});
            if (block.kind == BlockKind::row && block.head) {
                at.reset();
                for (std::size_t i = 0; i < block.cells.size(); ++i)
                    if (std::ranges::find(who, small(block.cells[i])) != who.end()) at = i;
            } else if (block.kind == BlockKind::row) {
                add(cell_of(block, at));
            }
            const auto colon = block.text.find(": ");
            if (roles && block.kind == BlockKind::item && colon != std::string::npos)
                add(std::string_view(block.text).substr(colon + 2));
        }
    }
    return {names.begin(), names.end()};
}

void check_timeline_part(std::vector<Finding>& findings, const PartOfFile& part) {
    constexpr std::array<std::string_view, 6> shown{"evidence", "data", "link", "metric", "source", "proof"};
    std::optional<std::size_t> at;
    bool told = false;
    for (const TextBlock& block : part.blocks) {
        if (block.kind == BlockKind::row && block.head) {
            at = column(block, shown);
            told = at.has_value();
            if (!told)
                findings.push_back(
                    finding(rule::evidence, part.title, "the table has no column for evidence", block.line));
        } else if (block.kind == BlockKind::row && at && is_open_cell(cell_of(block, at))) {
            findings.push_back(finding(rule::evidence, part.title,
                                       fmt::format("\"{}\" has no evidence", block.text.substr(0, 80)),
                                       block.line));
        } else if (block.kind == BlockKind::item &&
                   !mentions(block.text,
                             std::array<std::string_view, 4>{"event ", "evidence", "http", "["})) {
            findings.push_back(finding(rule::evidence, part.title,
                                       fmt::format("\"{}\" has no evidence", block.text.substr(0, 80)),
                                       block.line));
        }
    }
}

struct ActionColumns {
    std::optional<std::size_t> action, owner, due, done;
};

ActionColumns columns_of(const TextBlock& head) {
    ActionColumns columns;
    columns.action = column(head, std::array<std::string_view, 4>{"action", "item", "task", "what"});
    columns.owner = column(head, std::array<std::string_view, 4>{"owner", "assignee", "who", "responsible"});
    columns.due = column(head, std::array<std::string_view, 3>{"due", "date", "deadline"});
    columns.done = column(head, std::array<std::string_view, 4>{"done", "verif", "accept", "test"});
    return columns;
}

void check_action_row(std::vector<Finding>& findings, const PartOfFile& part, const TextBlock& row,
                      const ActionColumns& columns) {
    std::string_view action = columns.action ? cell_of(row, columns.action) : cell_of(row, 0);
    const auto add = [&](std::string_view name, std::string_view problem) {
        findings.push_back(
            finding(name, part.title, fmt::format("\"{}\" {}", action.substr(0, 80), problem), row.line));
    };
    if (action.starts_with("Proposed: ")) {
        action.remove_prefix(std::string_view("Proposed: ").size());
        add(rule::action_proposed, "is only proposed");
    }
    if (!begins_with_a_deed(action)) add(rule::action_verb, "does not begin with a deed");
    if (is_open_cell(cell_of(row, columns.owner))) add(rule::action_owner, "has no owner");
    if (is_open_cell(cell_of(row, columns.due))) add(rule::action_due, "has no due date");
    if (is_open_cell(cell_of(row, columns.done))) add(rule::action_done, "does not say when it is done");
}

void check_action_text(std::vector<Finding>& findings, const PartOfFile& part, const TextBlock& item) {
    const auto add = [&](std::string_view name, std::string_view problem) {
        findings.push_back(
            finding(name, part.title, fmt::format("\"{}\" {}", item.text.substr(0, 80), problem), item.line));
    };
    if (!begins_with_a_deed(item.text)) add(rule::action_verb, "does not begin with a deed");
    if (!mentions(item.text, std::array<std::string_view, 3>{"@", "owner", "assignee"}))
        add(rule::action_owner, "has no owner");
    if (!holds_date(item.text)) add(rule::action_due, "has no due date");
    if (!mentions(item.text, std::array<std::string_view, 3>{"done when", "done:", "verified by"}))
        add(rule::action_done, "does not say when it is done");
}

void check_action_part(std::vector<Finding>& findings, const PartOfFile& part) {
    ActionColumns columns;
    bool any = false;
    for (const TextBlock& block : part.blocks) {
        if (block.kind == BlockKind::row && block.head) {
            columns = columns_of(block);
        } else if (block.kind == BlockKind::row) {
            check_action_row(findings, part, block, columns);
            any = true;
        } else if (block.kind == BlockKind::item) {
            check_action_text(findings, part, block);
            any = true;
        }
    }
    if (!any) findings.push_back(finding(rule::action_none, part.title, "there is none", part.line));
}

void check_cause_part(std::vector<Finding>& findings, const PartOfFile& part) {
    constexpr std::array<std::string_view, 7> single{
        "the root cause was", "the root cause is", "single cause", "sole cause",
        "only cause",         "solely caused",     "caused solely"};
    std::size_t told = 0;
    const TextBlock* claim = nullptr;
    for (const TextBlock& block : part.blocks) {
        if (block.kind == BlockKind::heading) continue;
        ++told;
        if (claim == nullptr && mentions(block.text, single)) claim = &block;
    }
    if (claim != nullptr)
        findings.push_back(finding(rule::single_cause, part.title,
                                   fmt::format("\"{}\" names one cause", claim->text.substr(0, 80)),
                                   claim->line));
    else if (told == 1)
        findings.push_back(
            finding(rule::single_cause, part.title, "it tells of one thing that contributed", part.line));
}

}  // namespace

core::Result<std::vector<Finding>> check_markdown(std::string_view text) {
    const auto blocks = markdown::read_blocks(text);
    if (!blocks) return core::Failure(blocks.error());
    const std::vector<PartOfFile> parts = parts_of(*blocks);
    const std::vector<std::string> names = names_in(parts);
    std::vector<Finding> findings;
    bool actions = false, impact = false, detection = false;
    for (const PartOfFile& part : parts) {
        const bool is_actions = part.is("action") || part.is("follow-up");
        bool causes = is_about_causes(part.title);
        for (const TextBlock& block : part.blocks) {
            if (block.kind == BlockKind::heading) {
                causes = is_about_causes(part.title) || is_about_causes(block.text);
                continue;
            }
            check_words(findings, part.title, causes, block.text, names, block.line);
            impact = impact || tells_impact(block.text);
            detection = detection ||
                        mentions(block.text, std::array<std::string_view, 6>{"detect", "alert", "noticed",
                                                                             "paged", "mttd", "reported by"});
        }
        if (part.is("timeline")) check_timeline_part(findings, part);
        if (is_actions) check_action_part(findings, part);
        if (is_about_causes(part.title)) check_cause_part(findings, part);
        if (!part.has_text() && !is_actions)
            findings.push_back(finding(rule::empty_section, part.title, "nothing stands in it", part.line));
        actions = actions || is_actions;
        if (findings.size() > most_findings) break;
    }
    if (parts.empty()) findings.push_back(finding(rule::empty_section, "", "there is no section (## …)", 1));
    if (!impact)
        findings.push_back(
            finding(rule::impact, "", "nothing says how many users felt what: a number is missing", 1));
    if (!detection) findings.push_back(finding(rule::detection, "", "nothing says how it was detected", 1));
    if (!actions) findings.push_back(finding(rule::action_none, "", "there is no section of actions", 1));
    std::ranges::stable_sort(findings, {}, &Finding::line);
    return findings;
}

}  // namespace qd::postmortems
