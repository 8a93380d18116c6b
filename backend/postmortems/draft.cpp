#include "postmortems/draft.hpp"

#include <algorithm>
#include <array>

namespace qd::postmortems {
namespace {

constexpr std::array<std::string_view, 4> review_words{"draft", "in_review", "reviewed", "published"};
constexpr std::array<std::string_view, 3> verdict_words{"asked", "approved", "changes_requested"};

template <class T, std::size_t N>
std::optional<T> parse(const std::array<std::string_view, N>& words, std::string_view text) {
    const auto at = std::ranges::find(words, text);
    if (at == words.end()) return std::nullopt;
    return T(at - words.begin());
}

core::WallTime business_days_after(core::WallTime from, int days) {
    core::WallTime at = from;
    while (days > 0) {
        at += std::chrono::days(1);
        const std::chrono::weekday day(std::chrono::floor<std::chrono::days>(at));
        if (day != std::chrono::Saturday && day != std::chrono::Sunday) --days;
    }
    return at;
}

}  // namespace

std::string_view to_string(ReviewState state) {
    return review_words[std::size_t(state)];
}
std::optional<ReviewState> parse_review_state(std::string_view text) {
    return parse<ReviewState>(review_words, text);
}
std::string_view to_string(Verdict verdict) {
    return verdict_words[std::size_t(verdict)];
}
std::optional<Verdict> parse_verdict(std::string_view text) {
    return parse<Verdict>(verdict_words, text);
}

std::vector<ReviewState> successors(ReviewState from) {
    switch (from) {
        case ReviewState::draft:
            return {ReviewState::in_review};
        case ReviewState::in_review:
            return {ReviewState::reviewed, ReviewState::draft};
        case ReviewState::reviewed:
            return {ReviewState::published, ReviewState::in_review, ReviewState::draft};
        case ReviewState::published:
            return {ReviewState::draft};
    }
    return {};
}

bool is_editable(ReviewState state) {
    return state == ReviewState::draft || state == ReviewState::in_review;
}

std::vector<std::string_view> known_factors() {
    return {"bad-release",     "configuration",  "capacity",          "dependency",
            "design-limit",    "late-detection", "missing-alert",     "missing-test",
            "missing-runbook", "slow-rollback",  "unclear-ownership", "data",
            "traffic-surge",   "hardware",       "security",          "process-gap"};
}

const Section* find_section(const Draft& draft, std::string_view id) {
    const auto at = std::ranges::find(draft.sections, id, &Section::id);
    return at == draft.sections.end() ? nullptr : &*at;
}

std::size_t open_comments(const Draft& draft) {
    return std::size_t(std::ranges::count(draft.comments, false, &Comment::resolved));
}

std::size_t open_conflicts(const Draft& draft) {
    std::size_t count = 0;
    for (const Section& section : draft.sections) count += section.conflicts.size();
    return count;
}

Due due_of(const incidents::Incident& incident) {
    using incidents::Severity;
    const std::string_view severity = to_string(incident.severity);
    if (incident.severity == Severity::sev4) return {std::nullopt, "SEV4: none is due"};
    const auto rule = incident.severity == Severity::sev1   ? "3 calendar days"
                      : incident.severity == Severity::sev2 ? "5 business days"
                                                            : "10 business days";
    const std::string why = fmt::format("{} after the resolution ({})", rule, severity);
    if (!incident.resolved_at) return {std::nullopt, why + "; it is not resolved yet"};
    switch (incident.severity) {
        case Severity::sev1:
            return {*incident.resolved_at + std::chrono::days(3), why};
        case Severity::sev2:
            return {business_days_after(*incident.resolved_at, 5), why};
        default:
            return {business_days_after(*incident.resolved_at, 10), why};
    }
}

bool is_overdue(const Due& due, ReviewState state, core::WallTime now) {
    return due.at && *due.at < now && state != ReviewState::published;
}

}  // namespace qd::postmortems
