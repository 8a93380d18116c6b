#include "postmortems/action.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "core/csv.hpp"
#include "postmortems/draft.hpp"

namespace qd::postmortems {
namespace {

constexpr std::array<std::string_view, 4> action_words{"open", "in_progress", "done", "declined"};
constexpr std::array<std::string_view, 4> action_kinds{"prevent", "detect", "mitigate", "process"};

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

bool is_date(const std::string& text) {
    constexpr std::string_view digits = "0123456789";
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
    for (const std::size_t i : {0, 1, 2, 3, 5, 6, 8, 9})
        if (digits.find(text[i]) == std::string_view::npos) return false;
    const std::chrono::year_month_day date{std::chrono::year(std::stoi(text.substr(0, 4))),
                                           std::chrono::month(unsigned(std::stoi(text.substr(5, 2)))),
                                           std::chrono::day(unsigned(std::stoi(text.substr(8, 2))))};
    return date.ok();
}

core::Result<> check_action(const Action& action) {
    using core::Errc;
    using core::fail;
    if (action.incident.value.empty()) return fail(Errc::invalid_argument, "incident: is missing");
    if (is_blank(action.text)) return fail(Errc::invalid_argument, "text: is missing");
    if (action.text.size() > 1'000) return fail(Errc::invalid_argument, "text: at most 1,000 bytes");
    if (std::ranges::find(action_kinds, action.kind) == action_kinds.end())
        return fail(Errc::invalid_argument, "kind: is prevent, detect, mitigate or process");
    if (action.owner.size() > 200) return fail(Errc::invalid_argument, "owner: at most 200 bytes");
    if (action.done_when.size() > 1'000)
        return fail(Errc::invalid_argument, "done_when: at most 1,000 bytes");
    if (!action.due.empty() && !is_date(action.due))
        return fail(Errc::invalid_argument, "due: is a date such as 2026-12-01");
    if (!action.tracker_url.empty() && !action.tracker_url.starts_with("https://") &&
        !action.tracker_url.starts_with("http://"))
        return fail(Errc::invalid_argument, "tracker_url: begins with http:// or https://");
    if (action.tracker_url.size() > 2'000 ||
        action.tracker_url.find_first_of(" \t\r\n\"<>") != std::string::npos)
        return fail(Errc::invalid_argument, "tracker_url: is no URL of at most 2,000 bytes");
    if (action.reason.size() > max_reason_bytes)
        return fail(Errc::invalid_argument, "reason: at most {} bytes", max_reason_bytes);
    if (action.state == ActionState::declined && is_blank(action.reason))
        return fail(Errc::invalid_argument, "reason: is missing: why is it declined?");
    return {};
}

}  // namespace

std::string_view to_string(ActionState state) {
    return action_words[std::size_t(state)];
}

std::optional<ActionState> parse_action_state(std::string_view text) {
    const auto at = std::ranges::find(action_words, text);
    if (at == action_words.end()) return std::nullopt;
    return ActionState(at - action_words.begin());
}

bool is_overdue(const Action& action, core::WallTime now) {
    const bool unfinished = action.state == ActionState::open || action.state == ActionState::in_progress;
    return unfinished && !action.due.empty() && action.due < core::format_rfc3339(now).substr(0, 10);
}

std::string back_link(const Action& action) {
    return fmt::format("Quarterdeck {} of incident {}: quarterdeck --open incident/{}", action.id,
                       action.incident.value, action.incident.value);
}

core::Result<Action> changed(const Action& action, const ActionRequest& request) {
    Action after = action;
    const auto take = [](std::string& field, const std::optional<std::string>& given) {
        if (given) field = *given;
    };
    if (request.incident) {
        if (!action.incident.value.empty() && *request.incident != action.incident)
            return core::fail(core::Errc::invalid_argument, "incident: stays {}", action.incident.value);
        after.incident = *request.incident;
    }
    take(after.text, request.text);
    take(after.kind, request.kind);
    take(after.owner, request.owner);
    take(after.due, request.due);
    take(after.done_when, request.done_when);
    take(after.tracker_url, request.tracker_url);
    if (action.version == 0) take(after.proposal, request.proposal);
    if (after.kind.empty()) after.kind = "process";
    if (request.state) after.state = *request.state;
    // A reason belongs to the step that it was given for.
    if (request.reason || after.state != action.state) after.reason = request.reason.value_or("");
    if (auto fits = check_action(after); !fits) return core::Failure(fits.error());
    return after;
}

bool matches(const Action& action, const ActionFilter& filter, core::WallTime now) {
    const bool closed = action.state == ActionState::done || action.state == ActionState::declined;
    return (!filter.state || action.state == *filter.state) && (!filter.closed || closed == *filter.closed) &&
           (filter.owner.empty() || action.owner == filter.owner) &&
           (filter.incident.empty() || action.incident.value == filter.incident) &&
           (filter.tracker_url.empty() || action.tracker_url == filter.tracker_url) &&
           (!filter.overdue || is_overdue(action, now));
}

ActionCounts count(std::span<const Action> actions, core::WallTime now) {
    ActionCounts counts;
    for (const Action& action : actions) {
        switch (action.state) {
            case ActionState::open:
                ++counts.open;
                break;
            case ActionState::in_progress:
                ++counts.in_progress;
                break;
            case ActionState::done:
                ++counts.done;
                break;
            case ActionState::declined:
                ++counts.declined;
                break;
        }
        if (is_overdue(action, now)) ++counts.overdue;
    }
    return counts;
}

std::string to_csv(std::span<const Action> actions, core::WallTime now) {
    std::string text =
        core::csv_row({"id", "incident", "action", "kind", "owner", "due", "overdue", "done when", "state",
                       "reason", "tracker", "created by", "created at", "closed at"});
    for (const Action& each : actions)
        text += core::csv_row({each.id, each.incident.value, each.text, each.kind, each.owner, each.due,
                               is_overdue(each, now) ? "yes" : "no", each.done_when,
                               std::string(to_string(each.state)), each.reason, each.tracker_url,
                               each.created_by, core::format_rfc3339(each.created_at),
                               each.closed_at ? core::format_rfc3339(*each.closed_at) : ""});
    return text;
}

}  // namespace qd::postmortems
