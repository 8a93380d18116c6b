#include "slo/status.hpp"

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

Evaluator::Evaluator(Objective objective, const std::vector<bool>& firing)
    : objective_(std::move(objective)) {
    for (std::size_t i = 0; i < objective_.rows.size(); ++i)
        states_.emplace_back(i < firing.size() && firing[i]);
}

Status Evaluator::evaluate(const Reading& reading, std::int64_t at_s) {
    Status status;
    status.objective = objective_;
    status.window = reading.window;
    status.window.window_s = objective_.window_s;
    status.sli = reading.window.counts.good_ratio();
    status.targets_missing = reading.targets_missing;
    if (reading.seen) status.as_of = reading.as_of;

    const bool fresh = reading.seen && reading.age_s <= double(stale_after_s);
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
    status.budget = error_budget(objective_.target, reading.window, fresh ? now : WindowReading{});

    const auto burn = burn_rate(now.counts, objective_.target);
    if (!reading.seen)
        status.health = Health::no_data;
    else if (!fresh)
        status.health = Health::stale;
    else if (firing)
        status.health = Health::burning;
    else if (now.counts.total < fastest.min_events)
        status.health = Health::no_traffic;
    else if (burn.value_or(0) > 1)
        status.health = Health::burning;
    else if (reading.targets_missing > 0 || now.coverage() < enough_coverage)
        status.health = Health::partial;
    else
        status.health = Health::healthy;
    return status;
}

}  // namespace qd::slo
