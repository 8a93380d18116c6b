#pragma once
// Multi-window burn-rate rows (Google SRE workbook, chapter 5): a row fires when the error budget burns
// `factor` times too fast both over a long window (it matters) and over a short one (it still goes on).
//   burn = error ratio / (1 - target);  share of the budget that a row spends before it fires =
//   factor * long_s / window_s.

#include <cstdint>
#include <optional>

#include "core/result.hpp"
#include "slo/window.hpp"

namespace qd::slo {

/// As the design has them: 1 complete outage, 2 major, 3 minor, 4 cosmetic.
enum class Severity : int { sev1 = 1, sev2 = 2, sev3 = 3, sev4 = 4 };

struct BurnRow {
    std::int64_t short_s = 10;
    std::int64_t long_s = 60;
    double factor = 1;             // > 0, at most 1 / (1 - target): more cannot burn
    std::uint64_t min_events = 1;  // fewer in the short window say nothing
    std::uint64_t min_bad = 1;     // fewer in the long window are chance, however high their ratio
    Severity severity = Severity::sev2;
    // Hysteresis: a row that fires ends once the short window has burned below clear_share * factor for
    // clear_s on end.
    double clear_share = 0.75;  // in (0, 1]
    std::int64_t clear_s = 0;   // 0: short_s
    bool outage = false;        // fires on total failure only; see outage_row()

    std::int64_t clears_after_s() const { return clear_s > 0 ? clear_s : short_s; }
    bool operator==(const BurnRow&) const = default;
};

/// Total failure: every event of 10 s was bad, at least `min_events` of them within 5 s. With a scrape a
/// second it fires 11 s after the last good event. Its factor is the largest there is.
BurnRow outage_row(double target, std::uint64_t min_events, Severity severity);

/// Errors say what is wrong with the row for an objective of `target`.
core::Result<> check(const BurnRow& row, double target);

/// error ratio / (1 - target); nothing without events.
std::optional<double> burn_rate(const Counts& counts, double target);

/// A row as it stands; what the wire shows of it.
struct RowStatus {
    BurnRow row;
    std::optional<double> short_burn;  // nothing: no events
    std::optional<double> long_burn;
    WindowReading short_window;
    WindowReading long_window;
    bool firing = false;
    std::optional<double> fires_in_s;  // 0 while firing; nothing: not at this rate

    bool operator==(const RowStatus&) const = default;
};

/// The condition without memory: both windows burn faster than `threshold`, with enough events.
bool exceeds(const BurnRow& row, double target, const WindowReading& short_window,
             const WindowReading& long_window, double threshold);

/// Seconds until `row` fires if the short window's present rates go on. Of a window of W seconds of which c
/// are covered, nothing leaves for W - c seconds (what is not covered is taken to be the oldest), and then
/// what it held leaves evenly. With theta = factor * (1 - target), D = theta * total - bad of the long window
/// and g = bad rate - theta * total rate, the bound is crossed after D / g while it fills, else after D W /
/// (g c + D). 0 when the condition holds now; nothing when these rates never get there.
std::optional<double> fires_in(const BurnRow& row, double target, const WindowReading& short_window,
                               const WindowReading& long_window);

/// A row with its memory: it starts at once, and stops only when the short window has burned below
/// clear_share of the factor for clears_after_s() on end, so that it does not flap. Not thread-safe.
class RowState {
public:
    RowState() = default;
    /// After a restart: goes on firing where it was.
    explicit RowState(bool firing) : firing_(firing) {}

    /// One look; `at_s` in seconds never goes back. `known` false (no fresh data): the row stays as it is.
    RowStatus step(const BurnRow& row, double target, const WindowReading& short_window,
                   const WindowReading& long_window, std::int64_t at_s, bool known);
    bool firing() const { return firing_; }

private:
    bool firing_ = false;
    std::optional<std::int64_t> below_since_s_;
};

}  // namespace qd::slo
