#pragma once
// What happens to a draft, as rows of its journal, and the draft that they make. Pure.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "postmortems/requests.hpp"
#include "postmortems/view.hpp"

namespace qd::postmortems {

enum class DraftEventKind {
    chosen,    // form: the whole template, so that the draft lives on without its file
    section,   // save
    state,     // move
    reviewer,  // review (person filled in)
    comment,   // comment
    resolve,   // comment_id, resolve
    factors,   // factors
};
std::string_view to_string(DraftEventKind kind);  // "template", "section", "state", …
std::optional<DraftEventKind> parse_draft_event_kind(std::string_view text);

/// Fields that the kind does not name stay empty.
struct DraftEvent {
    std::uint64_t seq = 0;  // 1, 2, … within the draft
    DraftEventKind kind = DraftEventKind::section;
    std::string actor;
    core::WallTime at;
    Template form;
    SaveRequest save;
    MoveRequest move;
    ReviewerRequest review;
    CommentRequest comment;
    std::uint64_t comment_id = 0;
    ResolveRequest resolve;
    std::vector<Factor> factors;

    bool operator==(const DraftEvent&) const = default;
};

std::string encode(const DraftEvent& event);
/// `kind` and `seq` are the row's own.
core::Result<DraftEvent> decode_draft_event(DraftEventKind kind, std::string_view body);

/// The draft after one more event, whose seq is version + 1. The first chooses a template. Refused are
/// Errc::not_found (no such section, comment or reviewer), Errc::conflict (a step the state does not allow),
/// Errc::permission_denied (a verdict in another's name, or on one's own text), Errc::invalid_argument,
/// Errc::too_large. A text that is saved is never refused because of what others did: it comes into effect
/// when it is based on the text in effect and the draft may be edited, and is a conflict of its section
/// otherwise.
core::Result<Draft> follow(const Draft& draft, const DraftEvent& event);
core::Result<Draft> replay(const incidents::IncidentId& incident, std::span<const DraftEvent> events);

/// The draft as another template would have it, nothing saved: what people wrote is kept as when it is
/// chosen, version and state stay.
core::Result<Draft> with_template(const Draft& draft, const Template& form);

/// What keeps the draft from going to `to`, in a sentence; empty: nothing. An override passes over it.
/// Reviewed takes an approval of the text as it is by somebody who is not its author, and nobody who asks for
/// changes; published takes that nothing blocks it (`blocking` findings).
std::string guard(const Draft& draft, ReviewState to, std::size_t blocking);

/// What one event did; whether it came into effect is not known from it alone.
HistoryEntry entry_of(const DraftEvent& event);
/// The latest first. Autosaves by one person of one section, each within ten minutes of the one before and
/// with nothing between, are one entry.
std::vector<HistoryEntry> history(std::span<const DraftEvent> events);

}  // namespace qd::postmortems
