#pragma once
// Words that the exports share. Internal to this room.

#include <optional>
#include <string>

#include "incidents/clocks.hpp"
#include "postmortems/material.hpp"
#include "postmortems/placeholders.hpp"

namespace qd::postmortems {

/// "events 3, 7; error ratio …"; "none yet" without any.
inline std::string evidence_text(const Evidence& evidence) {
    std::string text;
    for (const std::uint64_t seq : evidence.events)
        text += (text.empty() ? (evidence.events.size() == 1 ? "event " : "events ") : ", ") +
                std::to_string(seq);
    if (!evidence.measured.empty()) text += (text.empty() ? "" : "; ") + evidence.measured;
    return text.empty() ? "none yet" : text;
}

inline std::string duration_text(std::optional<std::chrono::milliseconds> value) {
    return value ? incidents::format_duration(*value) : "not known";
}

inline std::string or_nobody(const std::string& text) {
    return text.empty() ? "not yet" : text;
}

inline constexpr const char* to_be_written = "To be written by a person: ";

/// "# …": what it is the post-mortem of.
std::string headline(const Material& material);
/// What it was compiled from, and how far its review is.
std::string preamble(const Material& material);
/// A section's text with values filled in, in pieces.
std::vector<Piece> pieces_of(const Section& section, const Material& material);
/// Of a detached block: that a person edited it, and whether the journal says something else by now.
std::string detached_note(const Piece& piece, const Material& material);
/// The texts that another hand's kept out of effect, as one line; empty: none.
std::string conflict_note(const Section& section);

}  // namespace qd::postmortems
