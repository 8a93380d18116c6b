#pragma once
// The error budget of a window: how many bad events the objective allows among those counted, and how
// many there were.

#include <cstdint>
#include <optional>

#include "slo/window.hpp"

namespace qd::slo {

struct ErrorBudget {
    double allowed = 0;               // (1 - target) * total, in events
    std::uint64_t spent = 0;          // bad events
    std::optional<double> remaining;  // 1 - spent / allowed: 1 untouched, 0 gone, below 0 overspent; nothing
                                      // without events
    bool exhausted = false;           // spent >= allowed, and something was spent
    std::optional<double>
        exhausted_in_s;  // at the present rates; 0 when exhausted; nothing: never at this rate

    bool operator==(const ErrorBudget&) const = default;
};

/// `target` in (0, 1). `recent` gives the present rates (bad per second b, all per second r). While the
/// window still fills, new traffic earns (1 - target) * r of budget a second; once it is full, what leaves
/// equals what comes, and old bad events are taken to stay (the pessimistic end):
///   b <= (1 - target) * r: never.  Otherwise left / (b - earned), then left / b after the window is full.
/// A calendar window fills until it ends and begins anew after `resets_in_s`: never beyond that.
ErrorBudget error_budget(double target, const WindowReading& window, const WindowReading& recent,
                         std::optional<std::int64_t> resets_in_s = std::nullopt);

}  // namespace qd::slo
