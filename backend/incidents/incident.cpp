#include "incidents/incident.hpp"

#include <algorithm>
#include <array>

namespace qd::incidents {
namespace {

struct StateRow {
    State state;
    std::string_view word;
    std::vector<State> next;
};

// Forward steps may be skipped once somebody has acknowledged; what ended can only be reopened to
// investigating.
const std::vector<StateRow>& rows() {
    using enum State;
    static const std::vector<StateRow> table{
        {triage, "triage", {acknowledged, cancelled, merged}},
        {acknowledged,
         "acknowledged",
         {investigating, identified, mitigated, monitoring, resolved, cancelled, merged}},
        {investigating, "investigating", {identified, mitigated, monitoring, resolved, cancelled, merged}},
        {identified, "identified", {investigating, mitigated, monitoring, resolved, cancelled, merged}},
        {mitigated, "mitigated", {monitoring, resolved, investigating, identified, merged}},
        {monitoring, "monitoring", {resolved, mitigated, investigating, identified, merged}},
        {resolved, "resolved", {post_incident, closed, investigating}},
        {post_incident, "post_incident", {closed, investigating}},
        {closed, "closed", {investigating}},
        {cancelled, "cancelled", {investigating}},
        {merged, "merged", {}},
    };
    return table;
}

const StateRow& row(State state) {
    return rows()[std::size_t(state)];
}

}  // namespace

std::string_view to_string(Severity severity) {
    constexpr std::array words{"SEV1", "SEV2", "SEV3", "SEV4"};
    return words[std::size_t(severity) - 1];
}

std::string_view meaning(Severity severity) {
    constexpr std::array words{"complete outage, or data loss",
                               "a major feature is down, significant impact on users",
                               "minor issues, degraded performance", "cosmetic, no impact on users"};
    return words[std::size_t(severity) - 1];
}

std::optional<Severity> severity_from(int number) {
    if (number < 1 || number > 4) return std::nullopt;
    return Severity(number);
}

std::string_view to_string(State state) {
    return row(state).word;
}

std::optional<State> parse_state(std::string_view text) {
    for (const StateRow& each : rows())
        if (each.word == text) return each.state;
    return std::nullopt;
}

bool is_open(State state) {
    return state <= State::monitoring;
}

std::span<const State> successors(State from) {
    return row(from).next;
}

bool is_reopening(State from, State to) {
    return to == State::investigating && !is_open(from) && from != State::merged;
}

std::span<const std::string_view> known_roles() {
    static constexpr std::array<std::string_view, 5> roles{"commander", "deputy", "scribe", "liaison",
                                                           "expert"};
    return roles;
}

bool is_role(std::string_view role) {
    constexpr std::string_view area = "expert/";
    return std::ranges::find(known_roles(), role) != known_roles().end() ||
           (role.starts_with(area) && role.size() > area.size());
}

bool is_relation(std::string_view kind) {
    return !relation_words(kind).empty();
}

std::string_view relation_words(std::string_view kind) {
    if (kind == "parent") return "is part of";
    if (kind == "child") return "has the part";
    if (kind == "split_from") return "was split from";
    if (kind == "split_into") return "was split into";
    if (kind == "merged_from") return "takes in";
    return {};
}

}  // namespace qd::incidents
