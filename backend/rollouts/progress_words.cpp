#include <algorithm>

#include "rollouts/progress.hpp"

namespace qd::rollouts {
namespace {

template <class Enum, std::size_t N>
std::optional<Enum> find_word(const std::array<std::string_view, N>& words, std::string_view text) {
    const auto* at = std::ranges::find(words, text);
    if (at == words.end()) return std::nullopt;
    return Enum(at - words.begin());
}

constexpr std::array<std::string_view, 4> rollout_phase_words{"progressing", "paused", "degraded", "healthy"};
constexpr std::array<std::string_view, 9> action_words{"next",      "resume", "pause", "back",   "promote",
                                                       "ramp-down", "abort",  "undo",  "approve"};
constexpr std::array<std::string_view, 12> audit_words{"start",      "action",    "ready",    "step_done",
                                                       "ramped",     "completed", "verdict",  "note",
                                                       "step_ready", "replaced",  "analysis", "clock"};
constexpr std::array<std::string_view, 7> course_words{"stepping", "promoting", "ramping_down", "aborted",
                                                       "promoted", "undoing",   "undone"};

}  // namespace

std::string_view to_string(Phase phase) {
    return rollout_phase_words[std::size_t(phase)];
}
std::optional<Phase> parse_phase(std::string_view text) {
    return find_word<Phase>(rollout_phase_words, text);
}
std::string_view to_string(Action action) {
    return action_words[std::size_t(action)];
}
std::optional<Action> parse_action(std::string_view text) {
    return find_word<Action>(action_words, text);
}
std::string_view to_string(AuditKind kind) {
    return audit_words[std::size_t(kind)];
}
std::optional<AuditKind> parse_audit_kind(std::string_view text) {
    return find_word<AuditKind>(audit_words, text);
}
std::string_view to_string(Course course) {
    return course_words[std::size_t(course)];
}
std::optional<Course> parse_course(std::string_view text) {
    return find_word<Course>(course_words, text);
}

}  // namespace qd::rollouts
