#pragma once
// What a runbook's step can do by itself, and with which parameters. Values only: opsd's engines do it.

#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace qd::runbooks {

struct Action {
    std::string name;  // "rollout.abort"
    std::map<std::string, std::string> parameters;

    bool operator==(const Action&) const = default;
};

struct ActionKind {
    std::string_view name;
    std::string_view title;                    // "Abort the rollout"
    std::string_view role;                     // whoever runs it needs at least: security::Role's words
    std::vector<std::string_view> parameters;  // it understands
    std::vector<std::string_view> needed;      // of them, those that must be there
    bool changes = false;                      // it changes the site; the others only look
};

/// chart, link, check, silence.create, rollout.pause, rollout.back, rollout.ramp-down, rollout.abort,
/// rollout.undo, rollout.promote, rollout.rollback (to_version), fault.end.
std::span<const ActionKind> all_actions();
/// Null when there is none of this name.
const ActionKind* find_action(std::string_view name);

/// Errc::invalid_argument names what is unknown, missing or out of range. Values are at most 2,000 bytes.
core::Result<> check(const Action& action);

/// "30m", "2h": of `for`, a minute to a day.
std::optional<std::chrono::minutes> parse_length(std::string_view text);

/// "Abort the rollout RO-3".
std::string describe(const Action& action);

}  // namespace qd::runbooks
