#pragma once
// A post-mortem as people write it: sections of Markdown around blocks that are compiled from the journal,
// with its review. Values only; draft_replay.hpp makes one from its events.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "incidents/incident.hpp"

namespace qd::postmortems {

/// Limits in bytes, and of counts.
inline constexpr std::size_t max_section_bytes = 128 << 10;
inline constexpr std::size_t max_sections = 40;
inline constexpr std::size_t max_reason_bytes = 4'000;
inline constexpr std::size_t max_comments = 1'000;
inline constexpr std::size_t max_reviewers = 50;
inline constexpr std::size_t max_factors = 50;

struct TemplateSection {
    std::string id;        // [a-z0-9-], at most 60: what a section's text is kept under
    std::string title;     // its heading
    std::string guidance;  // what belongs here; for the writer, never exported
    std::string text;      // Markdown with placeholders; placeholders.hpp

    bool operator==(const TemplateSection&) const = default;
};

struct Template {
    std::string name;    // [a-z0-9-]
    std::string title;   // "Google"
    std::string origin;  // "built-in", or the file's name
    std::vector<TemplateSection> sections;
    /// Why a team's file is none, with file and line: it has no sections then, and cannot be chosen.
    std::string problem;

    bool operator==(const Template&) const = default;
};

enum class ReviewState { draft, in_review, reviewed, published };

/// The wire's words: "draft", "in_review", "reviewed", "published".
std::string_view to_string(ReviewState state);
std::optional<ReviewState> parse_review_state(std::string_view text);
/// Where one may go from `from`, the way ahead first.
std::vector<ReviewState> successors(ReviewState from);
/// Text that is saved comes into effect: in draft and in_review.
bool is_editable(ReviewState state);

/// A text that was saved for a section.
struct SectionVersion {
    std::uint64_t seq = 0;  // of the event that holds it; 0: the template's
    std::string author;
    core::WallTime saved_at;
    std::string text;
    std::uint64_t based_on = 0;  // the version that its author saw

    bool operator==(const SectionVersion&) const = default;
};

struct Section {
    std::string id;
    std::string title;
    std::string guidance;
    /// In effect.
    SectionVersion current;
    /// Saved from an older version than the one in effect then, or after the review was over: kept beside,
    /// until a save settles them. The oldest first.
    std::vector<SectionVersion> conflicts;
    bool of_template = true;  // false: text of a former template, kept behind the others

    bool operator==(const Section&) const = default;
};

enum class Verdict { asked, approved, changes_requested };
std::string_view to_string(Verdict verdict);  // "asked", "approved", "changes_requested"
std::optional<Verdict> parse_verdict(std::string_view text);

struct Reviewer {
    std::string person;
    Verdict verdict = Verdict::asked;
    std::string text;       // their reason, or what they were asked
    core::WallTime at;      // of the verdict
    bool outdated = false;  // text came into effect after it

    bool operator==(const Reviewer&) const = default;
};

struct Comment {
    std::uint64_t id = 0;  // seq of its event
    std::string section;   // a section's id; empty: the whole document
    std::string author;
    core::WallTime at;
    std::string text;
    bool resolved = false;
    std::string resolved_by;
    std::optional<core::WallTime> resolved_at;
    std::string resolution;

    bool operator==(const Comment&) const = default;
};

/// What contributed, as a tag that repeats over incidents and a sentence of this one.
struct Factor {
    std::string tag;   // [a-z0-9-], at most 60, e.g. "late-detection"; known_factors() are offered
    std::string text;  // how it contributed here
    std::vector<std::uint64_t> events;  // seqs of the journal that show it; at most 50

    bool operator==(const Factor&) const = default;
};
std::vector<std::string_view> known_factors();

/// A state that was passed over its guards, with the reason.
struct Override {
    ReviewState state = ReviewState::published;
    std::string by;
    std::string reason;
    core::WallTime at;

    bool operator==(const Override&) const = default;
};

struct Draft {
    incidents::IncidentId incident;
    std::string template_name;
    std::string template_title;
    ReviewState state = ReviewState::draft;
    std::string author;  // who saved first; empty: nobody has
    std::vector<Section> sections;
    std::vector<Reviewer> reviewers;
    std::vector<Comment> comments;
    std::vector<Factor> factors;
    std::vector<Override> overrides;
    std::optional<core::WallTime> published_at;
    std::uint64_t version = 0;  // seq of the last event; 0: nobody has written anything yet
    core::WallTime updated_at;

    bool operator==(const Draft&) const = default;
};

/// nullptr: there is none.
const Section* find_section(const Draft& draft, std::string_view id);
std::size_t open_comments(const Draft& draft);
std::size_t open_conflicts(const Draft& draft);

/// When the review is due: SEV1 3 calendar days and SEV2 5, SEV3 10 business days (Monday to Friday, UTC)
/// after the resolution, at the same time of day; SEV4, and what is not resolved yet, has none.
struct Due {
    std::optional<core::WallTime> at;
    std::string why;  // "5 business days after the resolution (SEV2)"

    bool operator==(const Due&) const = default;
};
Due due_of(const incidents::Incident& incident);
bool is_overdue(const Due& due, ReviewState state, core::WallTime now);

}  // namespace qd::postmortems
