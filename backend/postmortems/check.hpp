#pragma once
// What a reviewer would ask for before a post-mortem is shared. Pure.

#include <string>
#include <vector>

#include "postmortems/document.hpp"

namespace qd::postmortems {

struct Finding {
    std::string section;  // "Summary", "Timeline", "Root Cause", "Action Items", "Lessons Learned"
    std::string problem;  // what is missing, and what would mend it

    bool operator==(const Finding&) const = default;
};

/// Statements and rows without evidence; action items without owner, due date, verb or a test of being done;
/// words that blame a person; sections nobody has written yet; an incident that is still open; late detection
/// or response.
std::vector<Finding> check(const Document& document);

/// The words of `text` that blame, e.g. "careless", "should have", "fault of". Whole words, any case.
std::vector<std::string> blaming_words(std::string_view text);

}  // namespace qd::postmortems
