#include "postmortems/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace qd::postmortems {
namespace {

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string lowered(std::string_view text) {
    std::string lower(text);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
    return lower;
}

/// The first word of an action, in capitals or not, must not be an article, a noun marker or a weak verb.
bool begins_with_a_deed(const std::string& text) {
    constexpr std::array<std::string_view, 12> weak{"the",   "a",  "an", "we", "improve",     "think",
                                                    "maybe", "be", "no", "it", "investigate", "consider"};
    const std::string lower = lowered(text);
    const std::string first = lower.substr(0, lower.find(' '));
    return !first.empty() && first != lower && std::ranges::find(weak, first) == weak.end();
}

void check_statements(std::vector<Finding>& findings, const std::string& section,
                      const std::vector<Statement>& statements) {
    for (const Statement& statement : statements) {
        if (statement.evidence.empty())
            findings.push_back({section, fmt::format("\"{}\" has no evidence: link an event or a measurement",
                                                     statement.text.substr(0, 80))});
        for (const std::string& word : blaming_words(statement.text))
            findings.push_back(
                {section, fmt::format("\"{}\" blames: tell what systems and processes allowed", word)});
    }
}

void check_items(std::vector<Finding>& findings, const std::vector<ActionItem>& items) {
    const std::string section = "Action Items";
    if (items.empty()) findings.push_back({section, "there is none: what keeps this from happening again?"});
    for (std::size_t i = 0; i < items.size(); ++i) {
        const ActionItem& item = items[i];
        const auto add = [&](std::string_view problem) {
            findings.push_back({section, fmt::format("item {}: {}", i + 1, problem)});
        };
        if (item.proposed) add("it is only proposed: accept, change or decline it, and say why");
        if (item.owner.empty()) add("it has no owner");
        if (item.due.empty()) add("it has no due date");
        if (item.done_when.empty()) add("nothing says when it is done");
        if (!begins_with_a_deed(item.text)) add("it does not begin with a deed (add, lower, automate, …)");
    }
}

}  // namespace

std::vector<std::string> blaming_words(std::string_view text) {
    constexpr std::array<std::string_view, 14> words{
        "careless",    "carelessness", "negligent", "negligence",  "stupid", "incompetent",   "incompetence",
        "should have", "fault of",     "to blame",  "human error", "sloppy", "ought to have", "forgot"};
    std::vector<std::string> found;
    const std::string lower = lowered(text);
    for (const std::string_view word : words)
        for (std::size_t at = lower.find(word); at != std::string::npos; at = lower.find(word, at + 1)) {
            const bool begins = at == 0 || !is_letter(lower[at - 1]);
            const std::size_t end = at + word.size();
            if (begins && (end == lower.size() || !is_letter(lower[end]))) {
                found.emplace_back(word);
                break;
            }
        }
    return found;
}

std::vector<Finding> check(const Document& document) {
    std::vector<Finding> findings;
    if (incidents::is_open(document.state))
        findings.push_back(
            {"Summary", fmt::format("the incident is {}: this is a draft", to_string(document.state))});
    check_statements(findings, "Summary", document.summary);
    check_statements(findings, "Summary", document.impact);
    if (document.impact.empty())
        findings.push_back(
            {"Summary", "nothing measured tells the impact: how many users felt what, for how long?"});
    for (const TimelineRow& row : document.timeline) {
        if (row.event == 0)
            findings.push_back(
                {"Timeline", fmt::format("\"{}\" has no event behind it", row.text.substr(0, 80))});
        for (const std::string& word : blaming_words(row.text))
            findings.push_back({"Timeline", fmt::format("event {}: \"{}\" blames; a timeline holds facts",
                                                        row.event, word)});
    }
    for (const MeasureRow& measure : document.measures) {
        if (!measure.value)
            findings.push_back(
                {"Timeline", fmt::format("{} is not known: {}", measure.name, measure.worked)});
        if (!measure.within_limit)
            findings.push_back({"Timeline", measure.name + " is over the limit of 5 minutes"});
    }
    check_statements(findings, "Root Cause", document.root_cause);
    if (!document.open_questions_root_cause.empty())
        findings.push_back({"Root Cause", "a person has to say why: only suspicions can be compiled"});
    check_items(findings, document.action_items);
    check_statements(findings, "Lessons Learned", document.went_well);
    check_statements(findings, "Lessons Learned", document.went_poorly);
    check_statements(findings, "Lessons Learned", document.lucky);
    if (!document.open_questions_lessons.empty())
        findings.push_back({"Lessons Learned", "people have to add theirs: clocks tell only a part"});
    return findings;
}

}  // namespace qd::postmortems
