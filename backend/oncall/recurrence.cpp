#include "oncall/recurrence.hpp"

#include <algorithm>

namespace qd::oncall {
namespace {

constexpr std::int64_t minutes_of_week = 7 * minutes_of_day;

class Expansion {
public:
    /// `passed` begins lie before the first that is taken.
    Expansion(const CalendarEvent& event, core::WallTime from, core::WallTime to, std::size_t most,
              std::int64_t passed)
        : event_(event), from_(from), to_(to), most_(most), taken_(std::size_t(passed)) {}

    /// One more begin; false once nothing that follows can matter.
    bool take(LocalMinute begins) {
        const core::WallTime at = moment_of(begins, event_.zone);
        if (at >= to_ || spans_.size() >= most_) return false;
        if (event_.recurrence) {
            if (event_.recurrence->until && at > *event_.recurrence->until) return false;
            if (event_.recurrence->count && taken_ >= *event_.recurrence->count) return false;
        }
        ++taken_;  // COUNT counts what EXDATE takes away, too
        if (std::ranges::find(event_.left_out, at) != event_.left_out.end()) return true;
        const core::WallTime end = moment_of({begins.value + event_.wall_minutes}, event_.zone) +
                                   std::chrono::minutes(event_.exact_minutes);
        if (end > from_ && end > at) spans_.push_back({at, end});
        return true;
    }
    std::vector<Span> result() && { return std::move(spans_); }

private:
    const CalendarEvent& event_;
    const core::WallTime from_, to_;
    const std::size_t most_;
    std::size_t taken_;
    std::vector<Span> spans_;
};

/// How many whole periods before `from` can be left out unseen: who asks each second must not pay for the
/// years that a calendar goes back.
std::int64_t periods_before(const CalendarEvent& event, core::WallTime from, std::int64_t period_minutes) {
    const std::int64_t passed =
        local_at(from, event.zone).value - event.begins.value - event.wall_minutes - event.exact_minutes;
    return std::max<std::int64_t>(0, passed / period_minutes - 2);
}

}  // namespace

std::vector<Span> occurrences(const CalendarEvent& event, core::WallTime from, core::WallTime to,
                              std::size_t most) {
    if (!event.recurrence) {
        Expansion expansion(event, from, to, most, 0);
        (void)expansion.take(event.begins);
        return std::move(expansion).result();
    }
    const Recurrence& rule = *event.recurrence;
    if (rule.frequency == Recurrence::Frequency::daily) {
        const std::int64_t period = std::int64_t(rule.interval) * minutes_of_day;
        const std::int64_t first = periods_before(event, from, period);
        Expansion expansion(event, from, to, most, first);
        for (std::int64_t n = first;; ++n)
            if (!expansion.take({event.begins.value + n * period})) break;
        return std::move(expansion).result();
    }
    std::array<bool, 7> days = rule.days;
    const int first_day = weekday_of(event.begins);
    if (std::ranges::none_of(days, [](bool on) { return on; })) days[std::size_t(first_day)] = true;
    const LocalMinute monday{event.begins.value - first_day * minutes_of_day};
    const std::int64_t period = std::int64_t(rule.interval) * minutes_of_week;
    const std::int64_t first_week = periods_before(event, from, period);
    // The week it begins in has only the days from its begin on.
    const std::int64_t passed = first_week == 0
                                    ? 0
                                    : std::ranges::count(days.begin() + first_day, days.end(), true) +
                                          (first_week - 1) * std::ranges::count(days, true);
    Expansion expansion(event, from, to, most, passed);
    for (std::int64_t week = first_week;; ++week)
        for (int day = 0; day < 7; ++day) {
            const LocalMinute begins{monday.value + week * period + day * minutes_of_day};
            if (!days[std::size_t(day)] || begins < event.begins) continue;
            if (!expansion.take(begins)) return std::move(expansion).result();
        }
}

}  // namespace qd::oncall
