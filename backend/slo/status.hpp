#pragma once
// How an objective stands right now: GET /api/v1/slos of the wire. What is not known is nothing, never a
// number.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "slo/error_budget.hpp"
#include "slo/objective.hpp"

namespace qd::slo {

enum class Health {
    healthy,     // green: on target in the fastest row's short window with enough events, and no row fires
    burning,     // a row fires, or the short window is off target with enough events
    no_traffic,  // readings come, but fewer events that count than min_events in the short window
    no_data,     // the metric has not been seen within the window
    stale,       // the last reading is older than its stale_after_s
    partial,     // on target as far as is known, but targets are missing, the source tells only a part, or
                 // the short window has gaps
};

std::string_view to_string(Health health);
std::optional<Health> parse_health(std::string_view text);

/// Unless a source is asked less often than each second.
inline constexpr std::int64_t stale_after_s = 5;

/// What exclusions leave out.
struct Excluded {
    Counts counts;
    std::int64_t covered_s = 0;  // seconds of it with a reading
    bool now = false;            // what happens at present does not count

    bool operator==(const Excluded&) const = default;
};

/// What a source of counters knows of one objective at one moment.
struct Reading {
    core::WallTime as_of{};             // when the last sample that counted was taken
    bool seen = false;                  // the metric was found at least once within the window
    double age_s = 0;                   // of that sample
    std::uint32_t targets_missing = 0;  // targets that carried the metric before and do not answer now
    WindowReading window;               // the objective's
    std::vector<WindowReading> shorts;  // one for each row, in order
    std::vector<WindowReading> longs;
    Excluded excluded;           // of the objective's window; every other figure is without it
    std::optional<Span> period;  // of a calendar window
    std::int64_t stale_after_s = slo::stale_after_s;
    bool partial = false;              // its source tells only a part, or of another time
    std::vector<std::string> reasons;  // what is wrong with its source, for people
};

/// An objective's AbsentRule as it stands.
struct AbsentStatus {
    bool firing = false;
    std::int64_t absent_s = 0;  // for how long nothing has been read while it was looked for

    bool operator==(const AbsentStatus&) const = default;
};

struct Status {
    Objective objective;
    Health health = Health::no_data;
    std::optional<double> sli;  // of the window
    WindowReading window;       // with its numerator, denominator and coverage ("9 of 28 days")
    ErrorBudget budget;
    std::vector<RowStatus> rows;
    std::optional<core::WallTime> as_of;  // nothing: never read
    std::uint32_t targets_missing = 0;
    Excluded excluded;                   // of the window, left out of every other figure
    std::optional<Span> period;          // of a calendar window
    std::optional<AbsentStatus> absent;  // of an objective with an AbsentRule
    std::vector<std::string> reasons;    // what is wrong with its source, for people

    bool operator==(const Status&) const = default;
};

/// An objective with the memory of its rows. Not thread-safe.
class Evaluator {
public:
    explicit Evaluator(Objective objective);
    /// Rows that were firing before a restart, by index.
    Evaluator(Objective objective, const std::vector<bool>& firing, bool absent_fires = false);

    /// `reading` as of `at_s` (seconds, never going back).
    Status evaluate(const Reading& reading, std::int64_t at_s);
    const Objective& objective() const { return objective_; }

private:
    AbsentStatus watch(bool fresh, bool excluded, std::int64_t at_s);

    Objective objective_;
    std::vector<RowState> states_;
    AbsentStatus absent_;
    std::optional<std::int64_t> looked_at_s_;
};

/// One point of GET /slos/{id}/history; a point without readings is left out.
struct HistoryPoint {
    core::WallTime at{};  // its beginning
    Counts counts;
    std::optional<double> min;  // of the ratio of good events over the finest steps within the point
    std::optional<double> max;

    bool operator==(const HistoryPoint&) const = default;
};

struct History {
    std::int64_t step_s = 1;
    std::vector<HistoryPoint> points;

    bool operator==(const History&) const = default;
};

}  // namespace qd::slo
