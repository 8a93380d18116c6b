#include "postmortems/export_text.hpp"

#include "core/markup.hpp"

namespace qd::postmortems {
namespace {

std::string time_or(std::optional<core::WallTime> at, std::string_view otherwise) {
    return at ? core::format_rfc3339(*at) : std::string(otherwise);
}

std::string_view review_words_of(ReviewState state) {
    switch (state) {
        case ReviewState::draft:
            return "a draft";
        case ReviewState::in_review:
            return "in review";
        case ReviewState::reviewed:
            return "reviewed";
        case ReviewState::published:
            return "published";
    }
    return "";
}

std::optional<std::string> raw_value(std::string_view name, const Material& material) {
    const incidents::Incident& incident = material.incident;
    if (name == "incident") return incident.id.value;
    if (name == "title") return incident.title;
    if (name == "severity")
        return fmt::format("{} ({})", to_string(incident.severity), meaning(incident.severity));
    if (name == "state") return std::string(to_string(incident.state));
    if (name == "service") return incident.service.empty() ? "not known" : incident.service;
    if (name == "started_at") return core::format_rfc3339(incident.started_at);
    if (name == "detected_at") return core::format_rfc3339(incident.detected_at);
    if (name == "mitigated_at") return time_or(incident.mitigated_at, "not mitigated yet");
    if (name == "resolved_at") return time_or(incident.resolved_at, "not resolved yet");
    if (name == "duration")
        return incident.mitigated_at
                   ? incidents::format_duration(*incident.mitigated_at - incident.episodes.back().started_at)
                   : "not over yet";
    if (name == "severity_times")
        return material.document.severity_times.empty() ? "not known" : material.document.severity_times;
    if (name == "author") return material.draft.author.empty() ? "nobody yet" : material.draft.author;
    if (name == "review_state") return std::string(review_words_of(material.draft.state));
    if (name == "due") {
        const Due due = due_of(incident);
        return due.at ? fmt::format("{} ({})", core::format_rfc3339(*due.at), due.why) : due.why;
    }
    return std::nullopt;
}

}  // namespace

std::string headline(const Material& material) {
    return fmt::format("Post-mortem {}: {}", material.incident.id.value, material.incident.title);
}

std::string preamble(const Material& material) {
    const Draft& draft = material.draft;
    std::string text = fmt::format(
        "{}, {}. Compiled from the incident's journal up to event {}, recorded {}. Blameless: it asks what "
        "systems and processes allowed, never who. All times are UTC.",
        to_string(material.document.severity), to_string(material.document.state),
        material.document.journal_version, core::format_rfc3339(material.document.journal_as_of));
    if (draft.version == 0) return text + " Nobody has edited it yet.";
    text += fmt::format(" It is {} (version {}), written by {}.", review_words_of(draft.state), draft.version,
                        draft.author.empty() ? "nobody yet" : draft.author);
    for (const Override& over : draft.overrides)
        if (over.state == draft.state)
            text += fmt::format(" {} passed over the checks: {}", over.by, over.reason);
    return text;
}

std::vector<Piece> pieces_of(const Section& section, const Material& material) {
    return split(fill_values(section.current.text, [&](std::string_view name) -> std::optional<std::string> {
        const auto value = raw_value(name, material);
        if (!value) return std::nullopt;
        return core::escape_markdown(*value);
    }));
}

std::string detached_note(const Piece& piece, const Material& material) {
    const bool moved_on = piece.digest.empty() ? piece.taken_at < material.document.journal_version
                                               : piece.digest != block_digest(piece.name, material);
    return fmt::format("Edited by hand from the journal as it was at event {}; {}.", piece.taken_at,
                       moved_on ? fmt::format("by event {} the journal says something else",
                                              material.document.journal_version)
                                : "the journal still says the same");
}

std::string conflict_note(const Section& section) {
    if (section.conflicts.empty()) return {};
    std::string text = "Not settled: further texts of this section were saved by ";
    for (const SectionVersion& version : section.conflicts)
        text += (&version == &section.conflicts.front() ? "" : ", ") +
                fmt::format("{} at {}", version.author, core::format_rfc3339(version.saved_at));
    return text + ".";
}

}  // namespace qd::postmortems
