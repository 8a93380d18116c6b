#include "slo/status.hpp"

#include <algorithm>
#include <array>

namespace qd::slo {
namespace {

constexpr std::array names{"healthy", "burning", "no_traffic", "no_data", "stale", "partial"};

// A scrape a second may slip over a second's edge: one second in ten may lack.
constexpr double enough_coverage = 0.8;

}  // namespace

std::string_view to_string(Health health) {
    return names[std::size_t(health)];
}

std::optional<Health> parse_health(std::string_view text) {
    for (std::size_t i = 0; i < names.size(); ++i)
        if (text == names[i]) return Health(i);
    return std::nullopt;
}

Evaluator::Evaluator(Objective objective) : Evaluator(std::move(objective), {}) {}

Evaluator::Evaluator(Objective objective, const std::vector<bool>& firing, bool absent_fires)
    : objective_(std::move(objective)) {
    absent_.firing = absent_fires;
    for (std::size_t i = 0; i < objective_.rows.size(); ++i)
        states_.emplace_back(i < firing.size() && firing[i]);
}

AbsentStatus Evaluator::watch(bool fresh, bool excluded, std::int64_t at_s) {
    // Only time in which somebody looked counts: a machine that slept has missed nothing.
    const std::int64_t looked_s = looked_at_s_ ? at_s - *looked_at_s_ : 0;
    looked_at_s_ = at_s;
    if (fresh || excluded) return absent_ = {};
    absent_.absent_s += looked_s > stale_after_s ? 1 : std::max<std::int64_t>(0, looked_s);
    absent_.firing = absent_.firing || absent_.absent_s >= objective_.absent->after_s;
    return absent_;
}

Status Evaluator::evaluate(const Reading& reading, std::int64_t at_s) {
    Status status;
    status.objective = objective_;
    status.window = reading.window;
    if (objective_.calendar && reading.window.window_s > 0)
        status.objective.window_s = reading.window.window_s;
    status.window.window_s = status.objective.window_s;
    status.excluded = reading.excluded;
    status.period = reading.period;
    status.sli = reading.window.counts.good_ratio();
    status.targets_missing = reading.targets_missing;
    status.reasons = reading.reasons;
    if (reading.seen) status.as_of = reading.as_of;

    const bool fresh = reading.seen && reading.age_s <= double(reading.stale_after_s);
    // Blind, a row stays as it is; once nothing has been seen for a whole window there is nothing left to
    // fire on.
    const bool known = fresh || !reading.seen;
    bool firing = false;
    const BurnRow& fastest = objective_.fastest_row();
    WindowReading now;
    for (std::size_t i = 0; i < objective_.rows.size(); ++i) {
        const BurnRow& row = objective_.rows[i];
        const WindowReading short_window =
            i < reading.shorts.size() ? reading.shorts[i] : WindowReading{row.short_s, 0, {}};
        const WindowReading long_window =
            i < reading.longs.size() ? reading.longs[i] : WindowReading{row.long_s, 0, {}};
        status.rows.push_back(
            states_[i].step(row, objective_.target, short_window, long_window, at_s, known));
        firing = firing || status.rows.back().firing;
        if (&row == &fastest) now = short_window;
    }
    WindowReading spent = status.window;
    spent.covered_s += status.excluded.covered_s;  // no time that the window has still to fill
    std::optional<std::int64_t> resets_in_s;
    if (status.period) resets_in_s = std::max<std::int64_t>(0, status.period->to_s - at_s);
    status.budget = error_budget(objective_.target, spent, fresh ? now : WindowReading{}, resets_in_s);
    if (objective_.absent) status.absent = watch(fresh, reading.excluded.now, at_s);

    const auto burn = burn_rate(now.counts, objective_.target);
    const bool enough = now.counts.total >= fastest.min_events;
    if (!reading.seen)
        status.health = Health::no_data;
    else if (!fresh)
        status.health = Health::stale;
    else if (firing)
        status.health = Health::burning;
    else if (enough && burn.value_or(0) > 1)
        status.health = Health::burning;
    else if (reading.partial)
        status.health = Health::partial;  // no traffic, too, is no more than the part that is told
    else if (!enough)
        status.health = Health::no_traffic;
    else if (reading.targets_missing > 0 || now.coverage() < enough_coverage)
        status.health = Health::partial;
    else
        status.health = Health::healthy;
    return status;
}

}  // namespace qd::slo
