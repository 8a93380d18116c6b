#pragma once
// What people send to write a post-mortem. Limits: draft.hpp.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "postmortems/draft.hpp"

namespace qd::postmortems {

/// Whoever finds their text among the section's conflicts afterwards goes on from that one's seq, and settles
/// both with a text based on the one in effect.
struct SaveRequest {
    std::string section;
    std::string text;
    std::uint64_t based_on = 0;          // SectionVersion::seq of what was edited
    bool autosave = false;               // consecutive ones of one person are one entry of the history
    std::vector<std::uint64_t> settles;  // conflicts that this text takes up or drops, by seq

    bool operator==(const SaveRequest&) const = default;
};

struct MoveRequest {
    ReviewState state = ReviewState::draft;
    std::string reason;            // needed for a way back, and for an override
    bool override_guards = false;  // wire: "override"

    bool operator==(const MoveRequest&) const = default;
};

/// Asking somebody, or (for oneself, or for them) giving a verdict.
struct ReviewerRequest {
    std::string person;                               // empty: whoever sends it
    std::optional<Verdict> verdict = Verdict::asked;  // nothing (wire: "removed"): no reviewer any more
    std::string text;

    bool operator==(const ReviewerRequest&) const = default;
};

struct CommentRequest {
    std::string section;
    std::string text;

    bool operator==(const CommentRequest&) const = default;
};

struct ResolveRequest {
    bool resolved = true;
    std::string text;

    bool operator==(const ResolveRequest&) const = default;
};

/// Unsaved texts by section id, shown as if they were saved.
struct PreviewRequest {
    std::string format = "html";  // "html" | "md"
    std::map<std::string, std::string> sections;
    std::string template_name;  // empty: the draft's own

    bool operator==(const PreviewRequest&) const = default;
};

}  // namespace qd::postmortems
