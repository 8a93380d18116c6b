#pragma once
// What a reviewer would ask for before a post-mortem is shared. Pure. Each finding explains itself.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "postmortems/document.hpp"

namespace qd::postmortems {

/// The rules, by the names that findings carry.
namespace rule {
inline constexpr std::string_view evidence = "evidence";        // a statement or row that nothing shows
inline constexpr std::string_view action_verb = "action-verb";  // an action without a deed
inline constexpr std::string_view action_owner = "action-owner";
inline constexpr std::string_view action_due = "action-due";
inline constexpr std::string_view action_done = "action-done";          // no test for done
inline constexpr std::string_view action_none = "action-none";          // no action at all
inline constexpr std::string_view action_proposed = "action-proposed";  // neither accepted nor declined
inline constexpr std::string_view single_cause = "single-cause";
inline constexpr std::string_view blame = "blame";
inline constexpr std::string_view named_person = "named-person";  // in a section about causes
inline constexpr std::string_view counterfactual = "counterfactual";
inline constexpr std::string_view detection = "detection";
inline constexpr std::string_view impact = "impact";  // on customers
inline constexpr std::string_view empty_section = "empty-section";
inline constexpr std::string_view open_incident = "open-incident";
inline constexpr std::string_view placeholder = "placeholder";  // unknown, or not on a line of its own
inline constexpr std::string_view detached = "detached";        // the journal has moved on
inline constexpr std::string_view conflict = "conflict";        // two texts, and nobody has chosen
inline constexpr std::string_view open_comment = "open-comment";
}  // namespace rule

struct Finding {
    std::string section;    // its title: "Summary", "Timeline", …
    std::string problem;    // what was found
    std::string rule;       // above
    std::string why;        // why it matters
    std::string mend;       // what would mend it
    bool blocking = false;  // it keeps the post-mortem from being published
    std::size_t line = 0;   // 1, 2, … in the section's text or in the file; 0: the section as a whole

    bool operator==(const Finding&) const = default;
};

/// A finding with the why and the mending of its rule.
Finding finding(std::string_view rule, std::string section, std::string problem, std::size_t line = 0);

/// Of what is compiled: statements and rows without evidence, words that blame, an incident that is still
/// open, unknown or late detection, an impact that nothing measured.
std::vector<Finding> check(const Document& document);

/// The words of `text` that blame, e.g. "careless", "fault of". Whole words, any case.
std::vector<std::string> blaming_words(std::string_view text);
/// The words of `text` that tell of a past that was not, e.g. "should have", "if only".
std::vector<std::string> counterfactuals(std::string_view text);
/// Whether an action begins with a deed: "Add …", not "The …" or "Improve …".
bool begins_with_a_deed(std::string_view text);
/// Those of `words` that are in `text` as whole words, any case.
std::vector<std::string> whole_words(std::string_view text, std::span<const std::string_view> words);

/// Any Markdown file that is meant as a post-mortem, by its headings: `line` is the file's. Errors are those
/// of markdown::read_blocks().
core::Result<std::vector<Finding>> check_markdown(std::string_view text);

/// What only words can show: blame, counterfactuals, people in a section about causes. `names` are people's.
void check_words(std::vector<Finding>& findings, const std::string& section, bool about_causes,
                 std::string_view text, std::span<const std::string> names, std::size_t line);
/// A section's or subsection's title that is about causes.
bool is_about_causes(std::string_view title);
/// A sentence that tells how many users felt something.
bool tells_impact(std::string_view text);

}  // namespace qd::postmortems
