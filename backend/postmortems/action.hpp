#pragma once
// An action item that is tracked until it is done or declined, beyond the post-mortem it came from.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "incidents/incident.hpp"

namespace qd::postmortems {

enum class ActionState { open, in_progress, done, declined };
std::string_view to_string(ActionState state);  // "open", "in_progress", "done", "declined"
std::optional<ActionState> parse_action_state(std::string_view text);

struct Action {
    std::string id;  // "AI-7"
    incidents::IncidentId incident;
    std::string text;
    std::string kind;   // "prevent" | "detect" | "mitigate" | "process"
    std::string owner;  // empty: nobody yet
    std::string due;    // ISO date; empty: none yet
    std::string done_when;
    ActionState state = ActionState::open;
    std::string reason;       // why it was declined, or what showed that it is done
    std::string tracker_url;  // http(s): the issue that stands for it elsewhere
    std::string proposal;     // the key of the proposal that it was accepted (or declined) from
    std::string created_by;
    core::WallTime created_at;
    std::string updated_by;
    core::WallTime updated_at;
    std::optional<core::WallTime> closed_at;  // done or declined
    std::uint64_t version = 0;                // of the item's own journal

    bool operator==(const Action&) const = default;
};

/// Open or in progress on a day (UTC) after the due one.
bool is_overdue(const Action& action, core::WallTime now);
/// What to paste into the issue elsewhere, so that it leads back here: one line with the id, the incident and
/// the command that opens it.
std::string back_link(const Action& action);

/// A change of an item, or with everything that is needed a new one. Fields that are absent stay.
struct ActionRequest {
    std::optional<incidents::IncidentId> incident;  // of a new one only
    std::optional<std::string> text;
    std::optional<std::string> kind;
    std::optional<std::string> owner;
    std::optional<std::string> due;
    std::optional<std::string> done_when;
    std::optional<ActionState> state;
    std::optional<std::string> reason;
    std::optional<std::string> tracker_url;
    std::optional<std::string> proposal;  // of a new one only

    bool operator==(const ActionRequest&) const = default;
};

/// The item after the request. Errc::invalid_argument names the field: text of 1 to 1,000 bytes, kind one of
/// the four, due an ISO date, a tracker's URL http(s), a reason where it is declined.
core::Result<Action> changed(const Action& action, const ActionRequest& request);

struct ActionFilter {
    std::optional<ActionState> state;
    std::optional<bool> closed;  // false: open or in progress
    std::string owner;           // empty: anybody's
    std::string incident;
    std::string tracker_url;  // the way back: whose issue is that?
    bool overdue = false;

    bool operator==(const ActionFilter&) const = default;
};
bool matches(const Action& action, const ActionFilter& filter, core::WallTime now);

struct ActionCounts {
    std::size_t open = 0, in_progress = 0, done = 0, declined = 0, overdue = 0;
    bool operator==(const ActionCounts&) const = default;
};
ActionCounts count(std::span<const Action> actions, core::WallTime now);

struct ActionList {
    std::vector<Action> items;  // overdue first, then by due date, then by id
    ActionCounts counts;        // of all there are, whatever the filter
    bool operator==(const ActionList&) const = default;
};

/// CSV with a head, for spreadsheets: no cell can be taken for a formula.
std::string to_csv(std::span<const Action> actions, core::WallTime now);

}  // namespace qd::postmortems
