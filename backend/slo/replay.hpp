#pragma once
// What would have been: an objective, as it is or changed, stepped through stored history by the same
// evaluator and alert tracker that run live. Pure.
//
// Far back only minutes and hours are kept. A window that ends inside of such a cell, or begins there, takes
// all of it; a row whose short window is shorter than a cell of its long one is not judged there, and the
// result says so.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "slo/alert.hpp"
#include "slo/exclusion.hpp"

namespace qd::slo {

/// What was counted in [at_s, at_s + step_s).
struct PastCell {
    std::int64_t at_s = 0;  // seconds since 1970, a multiple of step_s
    std::int64_t step_s = 1;
    Counts counts;
    std::int64_t covered_s = 0;  // seconds of it with a reading
    std::int64_t looked_s = 0;   // seconds in which one was looked for: at least covered_s

    std::int64_t end_s() const { return at_s + step_s; }
    bool operator==(const PastCell&) const = default;
};

/// Windows of at most `longest_s` are cut at whole multiples of step_s when they are summed live.
struct WindowEdge {
    std::int64_t longest_s = 0;
    std::int64_t step_s = 1;
};

struct Past {
    std::vector<PastCell> cells;    // in order, disjoint; where there is none, nobody looked
    std::vector<WindowEdge> edges;  // the shortest first; beyond the last, or without any, it counts too
    /// Since when it is known whether somebody looked; before, looked_s is covered_s. Nothing: never.
    std::optional<std::int64_t> looks_known_since_s;
};

/// What to replay; nothing: as the objective has it.
struct ReplayRequest {
    core::WallTime from{};
    core::WallTime to{};                        // after `from`
    int points = 300;                           // 2 to 2,000
    std::optional<double> target;               // in (0, 1)
    std::optional<std::int64_t> window_s;       // rolling, in place of a calendar window too
    std::optional<std::vector<BurnRow>> rows;   // all of them
    std::optional<std::vector<Span>> excluded;  // all that is left out, in place of the known exclusions
    std::optional<bool> outage;                 // with or without an outage row

    bool operator==(const ReplayRequest&) const = default;
};

inline constexpr std::size_t max_replayed_alerts = 1'000;
inline constexpr std::int64_t max_replayed_steps = 250'000;
inline constexpr std::size_t max_replayed_exclusions = 100;

/// A stretch of the replayed time; one without readings is left out.
struct ReplayPoint {
    core::WallTime at{};              // its beginning
    Counts counts;                    // what was counted in it, exclusions aside
    std::optional<double> remaining;  // of the window's budget at its end; nothing without events
    std::optional<double> lowest;     // of the budget within it
    std::optional<double> burn;       // of its own counts

    bool operator==(const ReplayPoint&) const = default;
};

struct ReplayedAlert {
    Alert alert;    // one that fires since longer than the longest row before the replay begins there
    Counts counts;  // from the step it began with to the one it ended with
    std::optional<double> budget_share;  // the bad ones among what the window allowed when it ended

    bool operator==(const ReplayedAlert&) const = default;
};

struct Replay {
    SloId slo_id;
    core::WallTime from{};
    core::WallTime to{};
    std::int64_t step_s = 1;       // between points
    Objective objective;           // as it was replayed
    WindowReading window;          // at the end
    ErrorBudget budget;            // at the end; nothing is foretold
    std::optional<double> lowest;  // the least that remained of the budget
    std::optional<core::WallTime> lowest_at;
    std::vector<ReplayPoint> points;
    std::vector<ReplayedAlert> alerts;  // those that fired within it, the earliest first
    std::vector<std::string> limits;    // what could not be judged, and why

    bool operator==(const Replay&) const = default;
};

/// The objective with the request's changes. Rows of its own that the change makes impossible (they could
/// never fire, or are longer than the window) are left out and named in `limits`; an outage row's factor
/// follows the target. Errc::invalid_argument as check(Objective), and for times and points out of bounds.
core::Result<Objective> changed(Objective objective, const ReplayRequest& request,
                                std::vector<std::string>& limits);

/// From when on history is needed: every window at `from_s` looks back.
std::int64_t needs_history_from(const Objective& objective, std::int64_t from_s);

/// [from, to) with `excluded` (disjoint, in order, whole minutes) left out. Errc::invalid_argument when it
/// would take more than max_replayed_steps.
core::Result<Replay> replay(const Objective& objective, const Past& past, const std::vector<Span>& excluded,
                            const ReplayRequest& request);

}  // namespace qd::slo
