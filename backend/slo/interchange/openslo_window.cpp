#include "slo/interchange/openslo_window.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/clock.hpp"
#include "slo/interchange/duration.hpp"
#include "slo/interchange/openslo.hpp"
#include "slo/interchange/reader_help.hpp"
#include "slo/interchange/refusals.hpp"

namespace qd::slo::interchange {
namespace {

/// `start` is a Monday and the first day of a month and of a quarter, each where it has to be.
struct OpensloPeriod {
    Period period;
    std::string_view duration, start;
};
constexpr std::array openslo_periods{OpensloPeriod{Period::day, "1d", "2024-01-01 00:00:00"},
                                     OpensloPeriod{Period::week, "1w", "2024-01-01 00:00:00"},
                                     OpensloPeriod{Period::month, "1M", "2024-01-01 00:00:00"},
                                     OpensloPeriod{Period::quarter, "1Q", "2024-01-01 00:00:00"}};

/// "2024-01-01 00:00:00" (or with a T) as seconds since 1970, as if it were UTC.
std::optional<std::int64_t> wall_second(std::string text) {
    if (text.size() > 10 && text[10] == ' ') text[10] = 'T';
    const auto at = core::parse_rfc3339(text + "Z");
    if (!at) return std::nullopt;
    return std::chrono::floor<std::chrono::seconds>(*at).time_since_epoch().count();
}

/// Does a period of this kind begin with that wall time?
bool begins_a_period(Period period, const std::string& start) {
    const auto second = wall_second(start);
    if (!second || *second < 0) return false;
    const auto span = period_of({period, "UTC"}, *second);
    return span && span->from_s == *second;
}

void read_calendar(core::ConfigReader& window, Objective& objective) {
    core::ConfigReader calendar = window.child("calendar");
    const auto start = calendar.require<std::string>("startTime");
    CalendarWindow found{Period::month, calendar.require<std::string>("timeZone")};
    const auto duration = window.require<std::string>("duration");
    close_child(calendar, window);
    if (window.get<bool>("isRolling", false)) window.reject("isRolling", "cannot stand beside a calendar");
    const auto known = std::ranges::find(openslo_periods, duration, &OpensloPeriod::duration);
    if (known == openslo_periods.end() || !begins_a_period(known->period, start))
        return window.reject("calendar", cannot_say::calendar);
    found.period = known->period;
    objective.window_s = slo::longest_s(found.period);
    objective.calendar = std::move(found);
}

void read_rolling(core::ConfigReader& window, std::int64_t annotated_s, Objective& objective) {
    if (!window.get<bool>("isRolling", false)) window.reject("isRolling", cannot_say::not_rolling);
    const auto text = window.require<std::string>("duration");
    if (const auto seconds = parse_openslo_duration(text))
        objective.window_s = *seconds;
    else
        window.reject("duration", seconds.error().message);
    if (annotated_s == 0) return;
    if (openslo_duration(annotated_s) != openslo_duration(std::max<std::int64_t>(1, objective.window_s)))
        window.reject("duration", fmt::format("is '{}', but the annotation {} says {}", text.substr(0, 40),
                                              annotation::window_seconds, annotated_s));
    objective.window_s = annotated_s;
}

}  // namespace

void read_openslo_window(core::ConfigReader& spec, std::int64_t annotated_s, Objective& objective) {
    auto windows = spec.children("timeWindow");
    if (windows.size() != 1) return spec.reject("timeWindow", "must be a list of one window");
    core::ConfigReader& window = windows[0];
    if (window.has("calendar"))
        read_calendar(window, objective);
    else
        read_rolling(window, annotated_s, objective);
    close_child(window, spec);
}

nlohmann::ordered_json openslo_window(const Objective& objective) {
    using ordered = nlohmann::ordered_json;
    if (!objective.calendar) return {{"duration", openslo_duration(objective.window_s)}, {"isRolling", true}};
    const auto known = std::ranges::find(openslo_periods, objective.calendar->period, &OpensloPeriod::period);
    ordered calendar{{"startTime", known->start}, {"timeZone", objective.calendar->time_zone}};
    return {{"duration", known->duration}, {"calendar", std::move(calendar)}, {"isRolling", false}};
}

Timeslices read_openslo_slices(core::ConfigReader& entry, std::int64_t annotated_s) {
    Timeslices slices;
    slices.target = entry.require<double>("timeSliceTarget");
    const auto text = entry.require<std::string>("timeSliceWindow");
    if (const auto seconds = parse_openslo_duration(text))
        slices.slice_s = *seconds;
    else if (!text.empty())
        entry.reject("timeSliceWindow", seconds.error().message);
    if (annotated_s == 0) return slices;
    if (openslo_duration(annotated_s) != openslo_duration(slices.slice_s))
        entry.reject("timeSliceWindow",
                     fmt::format("is '{}', but the annotation {} says {}", text.substr(0, 40),
                                 annotation::slice_seconds, annotated_s));
    slices.slice_s = annotated_s;
    return slices;
}

}  // namespace qd::slo::interchange
