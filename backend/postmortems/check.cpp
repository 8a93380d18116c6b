#include "postmortems/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

namespace qd::postmortems {
namespace {

struct Rule {
    std::string_view name;
    bool blocking;
    std::string_view why;
    std::string_view mend;
};

constexpr std::array<Rule, 19> rules{{
    {rule::evidence, false, "what nobody has shown may be wrong, and cannot be looked up later",
     "link an event of the journal or a measurement"},
    {rule::action_verb, true, "an action that names no deed is never finished",
     "begin with what to do: add, lower, automate, delete, …"},
    {rule::action_owner, true, "what belongs to everybody is done by nobody", "name one person or team"},
    {rule::action_due, true, "without a date it waits behind everything else", "set a due date"},
    {rule::action_done, true, "nobody can tell when it is finished",
     "say what will be observed when it is done"},
    {rule::action_none, true, "nothing keeps this from happening again",
     "add an action, or one that is declined with the reason"},
    {rule::action_proposed, false, "the compiler only proposes; people decide",
     "accept it, change it, or decline it with the reason"},
    {rule::single_cause, false, "several things had to meet; mending one of them leaves the others",
     "tell of each contributing factor, and tag it"},
    {rule::blame, true, "who is blamed tells less the next time, and the system stays as it is",
     "say what systems and processes made possible"},
    {rule::named_person, false, "a cause that has a name is taken for that person's fault",
     "name the role or the system, and keep people to the timeline and the roles"},
    {rule::counterfactual, false, "it tells of what did not happen instead of explaining what did",
     "say what happened, and why it made sense at the time"},
    {rule::detection, true, "how it was noticed, and how late, is half of what can be bettered",
     "say who or what noticed it, and when"},
    {rule::impact, true, "without the impact nobody can weigh what the actions are worth",
     "say how many users felt what, for how long"},
    {rule::empty_section, true, "a reader cannot tell nothing from not yet",
     "write it, or say that there is nothing to say, and why"},
    {rule::open_incident, true, "what is still going on cannot be concluded from",
     "resolve the incident first"},
    {rule::placeholder, false, "it stays in the document as it is written",
     "use a documented name, on a line of its own"},
    {rule::detached, false, "the document and its journal tell different stories",
     "look at what the journal says now; take it up, or link the block again"},
    {rule::conflict, true, "two people wrote this section, and one text is out of sight",
     "bring both together, and save"},
    {rule::open_comment, false, "somebody still waits for an answer", "answer and resolve it"},
}};

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string lowered(std::string_view text) {
    std::string lower(text);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
    return lower;
}

void check_statements(std::vector<Finding>& findings, const std::string& section,
                      const std::vector<Statement>& statements) {
    for (const Statement& statement : statements) {
        if (statement.evidence.empty())
            findings.push_back(finding(rule::evidence, section,
                                       fmt::format("\"{}\" has no evidence", statement.text.substr(0, 80))));
        check_words(findings, section, false, statement.text, {}, 0);
    }
}

}  // namespace

std::vector<std::string> whole_words(std::string_view text, std::span<const std::string_view> words) {
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

Finding finding(std::string_view name, std::string section, std::string problem, std::size_t line) {
    const auto at = std::ranges::find(rules, name, &Rule::name);
    Finding found{std::move(section), std::move(problem), std::string(name), {}, {}, false, line};
    if (at == rules.end()) return found;
    found.why = at->why;
    found.mend = at->mend;
    found.blocking = at->blocking;
    return found;
}

std::vector<std::string> blaming_words(std::string_view text) {
    constexpr std::array<std::string_view, 22> words{
        "careless",  "carelessly",   "carelessness",     "negligent",    "negligence", "stupid",
        "stupidity", "lazy",         "incompetent",      "incompetence", "fault of",   "to blame",
        "blame for", "human error",  "operator error",   "user error",   "sloppy",     "sloppiness",
        "forgot",    "neglected to", "failed to follow", "violated"};
    return whole_words(text, words);
}

std::vector<std::string> counterfactuals(std::string_view text) {
    constexpr std::array<std::string_view, 12> words{"should have",
                                                     "should've",
                                                     "could have",
                                                     "could've",
                                                     "ought to have",
                                                     "if only",
                                                     "would have prevented",
                                                     "would have avoided",
                                                     "would have been caught",
                                                     "had we only",
                                                     "would not have happened",
                                                     "wouldn't have happened"};
    return whole_words(text, words);
}

/// The first word, in capitals or not, must not be an article, a noun marker or a weak verb.
bool begins_with_a_deed(std::string_view text) {
    constexpr std::array<std::string_view, 16> weak{
        "the", "a",  "an",          "we",       "improve", "think", "maybe", "be",
        "no",  "it", "investigate", "consider", "better",  "more",  "try",   "someone"};
    const std::string lower = lowered(text);
    const std::string first = lower.substr(0, lower.find(' '));
    return !first.empty() && first != lower && std::ranges::find(weak, first) == weak.end();
}

std::vector<Finding> check(const Document& document) {
    std::vector<Finding> findings;
    if (incidents::is_open(document.state))
        findings.push_back(
            finding(rule::open_incident, "Summary",
                    fmt::format("the incident is {}: this is a draft", to_string(document.state))));
    check_statements(findings, "Summary", document.summary);
    check_statements(findings, "Summary", document.impact);
    if (document.impact.empty())
        findings.push_back(finding(rule::impact, "Summary", "nothing measured tells the impact"));
    for (const TimelineRow& row : document.timeline) {
        if (row.event == 0)
            findings.push_back(finding(rule::evidence, "Timeline",
                                       fmt::format("\"{}\" has no event behind it", row.text.substr(0, 80))));
        for (const std::string& word : blaming_words(row.text))
            findings.push_back(
                finding(rule::blame, "Timeline",
                        fmt::format("event {}: \"{}\" blames; a timeline holds facts", row.event, word)));
    }
    for (const MeasureRow& measure : document.measures) {
        if (!measure.value)
            findings.push_back(finding(rule::detection, "Timeline",
                                       fmt::format("{} is not known: {}", measure.name, measure.worked)));
        // Not every incident has been acknowledged or mitigated by somebody; each was detected.
        if (!measure.value && measure.name != "MTTD") findings.back().blocking = false;
        if (!measure.within_limit) {
            findings.push_back(
                finding(rule::detection, "Timeline", measure.name + " is over the limit of 5 minutes"));
            findings.back().blocking = false;  // a fact, and no fault of the document
        }
    }
    check_statements(findings, "Root Cause", document.root_cause);
    check_statements(findings, "Lessons Learned", document.went_well);
    check_statements(findings, "Lessons Learned", document.went_poorly);
    check_statements(findings, "Lessons Learned", document.lucky);
    return findings;
}

}  // namespace qd::postmortems
