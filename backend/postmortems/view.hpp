#pragma once
// A post-mortem as it is shown: the draft with what the journal says now.

#include <optional>
#include <string>
#include <vector>

#include "postmortems/action.hpp"
#include "postmortems/check.hpp"
#include "postmortems/document.hpp"
#include "postmortems/draft.hpp"

namespace qd::postmortems {

/// A block that placeholders stand for, as the journal has it now.
struct Block {
    std::string name;   // "timeline": written {{timeline}} on a line of its own
    std::string title;  // "Timeline of the journal"
    std::string markdown;
    std::string digest;  // of what it is compiled from, 16 hexadecimal digits

    bool operator==(const Block&) const = default;
};

/// Compiled text that a person took over and edits by hand: {{detached NAME EVENT DIGEST}} … {{end}}.
struct Detached {
    std::string section;
    std::string block;
    std::uint64_t taken_at = 0;  // the journal's version then
    bool moved_on = false;       // the journal says something else meanwhile

    bool operator==(const Detached&) const = default;
};

/// What the compiler proposes to do and nobody has accepted or declined.
struct Proposal {
    std::string key;
    ActionItem item;

    bool operator==(const Proposal&) const = default;
};

struct View {
    Draft draft;
    std::string title;  // the incident's
    incidents::Severity severity = incidents::Severity::sev3;
    incidents::State incident_state = incidents::State::triage;
    std::uint64_t journal_version = 0;
    Due due;
    bool overdue = false;
    std::vector<Finding> findings;
    std::vector<Block> blocks;
    std::vector<Detached> detached;
    std::vector<Proposal> proposals;
    std::vector<Action> actions;  // of this incident

    bool operator==(const View&) const = default;
};

/// A row of the list.
struct Listing {
    incidents::IncidentId incident;
    std::string title;
    incidents::Severity severity = incidents::Severity::sev3;
    incidents::State incident_state = incidents::State::triage;
    ReviewState state = ReviewState::draft;
    std::string template_name;
    std::string author;
    Due due;
    bool overdue = false;
    std::size_t findings = 0;
    std::size_t blocking = 0;
    std::size_t open_comments = 0;
    std::size_t conflicts = 0;
    std::vector<std::string> factors;  // tags
    std::uint64_t version = 0;         // 0: nobody has written anything yet
    core::WallTime updated_at;

    bool operator==(const Listing&) const = default;
};

/// An entry of the history: one or, of autosaves by one person in one go, several saved versions.
struct HistoryEntry {
    std::uint64_t seq = 0;    // of the last
    std::uint64_t first = 0;  // of the first
    std::size_t saves = 1;
    std::string kind;     // "template", "section", "state", "reviewer", "comment", "resolve", "factors"
    std::string section;  // of "section", "comment"
    std::string actor;
    core::WallTime at;
    std::string what;       // one line
    bool conflict = false;  // it did not come into effect
    std::string text;       // of a section: all of it

    bool operator==(const HistoryEntry&) const = default;
};

}  // namespace qd::postmortems
