#pragma once
// Words that the exports share. Internal to this room.

#include <optional>
#include <string>

#include "incidents/clocks.hpp"
#include "postmortems/document.hpp"

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

}  // namespace qd::postmortems
