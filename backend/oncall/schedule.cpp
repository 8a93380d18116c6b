#include "oncall/schedule.hpp"

#include <algorithm>

#include "oncall/recurrence.hpp"

namespace qd::oncall {
namespace {

constexpr std::chrono::hours look_ahead{24 * 60};
constexpr std::size_t max_overlaps = 100;

/// Windows of local days that `restrictions` leave, merged and in order.
std::vector<Span> open_windows(const Layer& layer, const std::string& zone, core::WallTime from,
                               core::WallTime to) {
    std::vector<Span> windows;
    std::int64_t day = local_at(from, zone).value / minutes_of_day - 2;
    const std::int64_t last = local_at(to, zone).value / minutes_of_day + 1;
    for (; day <= last; ++day) {
        const LocalMinute midnight{day * minutes_of_day};
        for (const Restriction& open : layer.restrictions) {
            if (!open.days[std::size_t(weekday_of(midnight))]) continue;
            const std::int64_t end =
                open.to_minute > open.from_minute ? open.to_minute : open.to_minute + minutes_of_day;
            const Span span{moment_of({midnight.value + open.from_minute}, zone),
                            moment_of({midnight.value + end}, zone)};
            if (span.from < span.to) windows.push_back(span);
        }
    }
    std::ranges::sort(windows, {}, &Span::from);
    std::vector<Span> merged;
    for (const Span& window : windows) {
        if (!merged.empty() && window.from <= merged.back().to)
            merged.back().to = std::max(merged.back().to, window.to);
        else
            merged.push_back(window);
    }
    return merged;
}

void add_turns(const Rota& rota, const Layer& layer, core::WallTime from, core::WallTime to,
               std::vector<Shift>& into) {
    if (layer.people.empty() || layer.turn_minutes <= 0) return;
    const bool restricted = !layer.restrictions.empty();
    const auto windows = restricted ? open_windows(layer, rota.time_zone, from, to) : std::vector<Span>{};
    // One turn before, since clocks and calendars may disagree by hours.
    const std::int64_t passed = local_at(from, rota.time_zone).value - layer.first_handoff.value;
    std::int64_t turn = std::max<std::int64_t>(0, passed / layer.turn_minutes - 3);
    for (; into.size() < max_shifts; ++turn) {
        const std::int64_t begins = layer.first_handoff.value + turn * layer.turn_minutes;
        Shift shift{layer.people[std::size_t(turn % std::int64_t(layer.people.size()))], layer.name,
                    moment_of({begins}, rota.time_zone),
                    moment_of({begins + layer.turn_minutes}, rota.time_zone)};
        if (shift.from >= to) break;
        if (shift.to <= from || shift.from >= shift.to) continue;
        if (!restricted) {
            into.push_back(std::move(shift));
            continue;
        }
        for (const Span& window : windows) {
            Shift part = shift;
            part.from = std::max(shift.from, window.from);
            part.to = std::min(shift.to, window.to);
            if (part.from < part.to && part.to > from && part.from < to) into.push_back(std::move(part));
        }
    }
}

/// Cuts the override's time out of its layer and puts it in there.
void put_over(const Override& over, std::vector<Shift>& layer) {
    std::vector<Shift> kept;
    for (Shift& shift : layer) {
        if (shift.to <= over.from || shift.from >= over.to) {
            kept.push_back(std::move(shift));
            continue;
        }
        if (shift.from < over.from) {
            kept.push_back(shift);
            kept.back().to = over.from;
        }
        if (shift.to > over.to) {
            shift.from = over.to;
            kept.push_back(std::move(shift));
        }
    }
    kept.push_back({over.person, over.layer, over.from, over.to});
    layer = std::move(kept);
}

void sort_by_begin(std::vector<Shift>& all) {
    std::ranges::stable_sort(all, {}, &Shift::from);
}

}  // namespace

std::vector<Shift> shifts(const Rota& rota, core::WallTime from, core::WallTime to) {
    to = std::min(to, from + longest_range);
    std::vector<Shift> all;
    if (to <= from) return all;
    for (const Layer& layer : rota.layers) {
        std::vector<Shift> own;
        add_turns(rota, layer, from, to, own);
        // Beyond the range, too: they say when a shift that is in it ends.
        for (const Override& over : rota.overrides)
            if (over.layer == layer.name) put_over(over, own);
        std::erase_if(own, [&](const Shift& shift) { return shift.to <= from || shift.from >= to; });
        sort_by_begin(own);
        all.insert(all.end(), own.begin(), own.end());
    }
    std::vector<Shift> entered;
    for (const CalendarEvent& event : rota.events)
        for (const Span& span :
             occurrences(event, from, to, max_shifts - std::min(max_shifts, entered.size())))
            entered.push_back({event.person, calendar_layer, span.from, span.to});
    sort_by_begin(entered);
    all.insert(all.end(), entered.begin(), entered.end());
    if (all.size() > max_shifts) all.resize(max_shifts);
    return all;
}

std::vector<Shift> who(const Rota& rota, core::WallTime at) {
    return shifts(rota, at, at + std::chrono::milliseconds(1));
}

std::vector<Shift> next(const Rota& rota, core::WallTime at) {
    std::vector<Shift> coming;
    for (Shift& shift : shifts(rota, at, at + look_ahead)) {
        if (shift.from <= at) continue;
        if (!coming.empty() && coming.back().layer == shift.layer) continue;
        coming.push_back(std::move(shift));
    }
    return coming;
}

std::vector<Span> gaps(const std::vector<Shift>& shifts, core::WallTime from, core::WallTime to) {
    std::vector<Shift> sorted = shifts;
    sort_by_begin(sorted);
    std::vector<Span> free;
    core::WallTime covered = from;
    for (const Shift& shift : sorted) {
        if (shift.from >= to) break;
        if (shift.from > covered) free.push_back({covered, shift.from});
        covered = std::max(covered, shift.to);
    }
    if (covered < to) free.push_back({covered, to});
    return free;
}

std::vector<Overlap> overlaps(const std::vector<Shift>& shifts, core::WallTime from, core::WallTime to) {
    std::vector<Shift> sorted = shifts;
    sort_by_begin(sorted);
    std::vector<Overlap> found;
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        for (std::size_t k = i + 1; k < sorted.size() && sorted[k].from < sorted[i].to; ++k) {
            const bool same_layer = sorted[i].layer == sorted[k].layer;
            const bool same_person = sorted[i].person == sorted[k].person;
            if (!same_layer && !same_person) continue;
            const Span span{std::max({sorted[i].from, sorted[k].from, from}),
                            std::min({sorted[i].to, sorted[k].to, to})};
            if (span.from >= span.to) continue;
            if (found.size() == max_overlaps) return found;
            std::string text;
            if (same_layer && same_person)
                text = fmt::format("{} is on {} twice", sorted[i].person, sorted[i].layer);
            else if (same_layer)
                text = fmt::format("{} and {} are both on {}", sorted[i].person, sorted[k].person,
                                   sorted[i].layer);
            else
                text = fmt::format("{} is on {} and {} at once", sorted[i].person, sorted[i].layer,
                                   sorted[k].layer);
            found.push_back({span, std::move(text)});
        }
    }
    return found;
}

}  // namespace qd::oncall
