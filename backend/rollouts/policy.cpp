#include "rollouts/policy.hpp"

#include <algorithm>

namespace qd::rollouts {
namespace {

constexpr std::int64_t minutes_of_day = 24 * 60;
constexpr std::chrono::hours farthest{24 * 60};

struct Stretch {
    core::WallTime from, to;
};

/// Those of a calendar that touch [from, to), by begin; what follows without a gap is one.
std::vector<Stretch> stretches(const FreezeCalendar& calendar, core::WallTime from, core::WallTime to,
                               const TimeZones& zones) {
    std::vector<Stretch> found;
    const std::int64_t length = calendar.to_minute > calendar.from_minute
                                    ? calendar.to_minute - calendar.from_minute
                                    : calendar.to_minute - calendar.from_minute + minutes_of_day;
    // The eight days before: a stretch may have begun in the week before and go on.
    std::int64_t day = zones.local_minute(from, calendar.time_zone) / minutes_of_day - 8;
    const std::int64_t last = zones.local_minute(to, calendar.time_zone) / minutes_of_day;
    for (; day <= last; ++day) {
        // 1970-01-01 was a Thursday.
        if (!calendar.days[std::size_t(((day + 3) % 7 + 7) % 7)]) continue;
        const std::int64_t begin = day * minutes_of_day + calendar.from_minute;
        const Stretch next{zones.moment(begin, calendar.time_zone),
                           zones.moment(begin + length, calendar.time_zone)};
        if (next.to <= next.from) continue;  // the clocks leapt over all of it
        if (!found.empty() && next.from <= found.back().to)
            found.back().to = std::max(found.back().to, next.to);
        else
            found.push_back(next);
    }
    std::erase_if(found, [&](const Stretch& each) { return each.to <= from || each.from >= to; });
    return found;
}

Freeze freeze_of(const FreezeWindow& window) {
    return {"window", window.name, window.by, window.reason, window.from, window.to};
}

Freeze freeze_of(const FreezeCalendar& calendar, const Stretch& stretch) {
    return {"calendar", calendar.name, "the configuration", calendar.reason, stretch.from, stretch.to};
}

}  // namespace

std::vector<Freeze> freezes_at(const std::vector<FreezeWindow>& windows,
                               const std::vector<FreezeCalendar>& calendars, core::WallTime now,
                               const TimeZones& zones) {
    std::vector<Freeze> found;
    for (const FreezeWindow& window : windows)
        if (window.from <= now && now < window.to) found.push_back(freeze_of(window));
    for (const FreezeCalendar& calendar : calendars)
        for (const Stretch& stretch : stretches(calendar, now, now + farthest, zones))
            if (stretch.from <= now) found.push_back(freeze_of(calendar, stretch));
    return found;
}

std::vector<Freeze> freezes_to_come(const std::vector<FreezeWindow>& windows,
                                    const std::vector<FreezeCalendar>& calendars, core::WallTime from,
                                    core::WallTime to, std::size_t most, const TimeZones& zones) {
    to = std::min<core::WallTime>(to, from + farthest);
    std::vector<Freeze> found;
    for (const FreezeWindow& window : windows)
        if (window.from > from && window.from < to) found.push_back(freeze_of(window));
    for (const FreezeCalendar& calendar : calendars)
        for (const Stretch& stretch : stretches(calendar, from, to, zones))
            if (stretch.from > from) found.push_back(freeze_of(calendar, stretch));
    std::ranges::stable_sort(found, {}, &Freeze::from);
    if (found.size() > most) found.resize(most);
    return found;
}

std::string describe(const Freeze& freeze) {
    std::string text = freeze.name;
    if (freeze.until) text += fmt::format(" (until {})", core::format_rfc3339(*freeze.until));
    if (!freeze.reason.empty()) text += ": " + freeze.reason;
    return text;
}

std::optional<std::string> describe(const std::vector<Freeze>& freezes) {
    std::optional<std::string> text;
    for (const Freeze& freeze : freezes) text = (text ? *text + "; " : std::string()) + describe(freeze);
    return text;
}

bool needs_reason(Action action) {
    return action == Action::abort || action == Action::undo || action == Action::ramp_down ||
           action == Action::promote;
}

}  // namespace qd::rollouts
