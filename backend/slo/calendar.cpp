#include "slo/calendar.hpp"

#include <date/tz.h>

namespace qd::slo {
namespace {

constexpr std::string_view periods[] = {"day", "week", "month", "quarter"};
constexpr std::size_t max_zone_bytes = 64;

date::local_days first_day(Period period, date::local_days day) {
    const date::year_month_day ymd(day);
    switch (period) {
        case Period::day:
            return day;
        case Period::week:
            return day - (date::weekday(day) - date::Monday);
        case Period::month:
            return date::local_days(ymd.year() / ymd.month() / 1);
        case Period::quarter:
            return date::local_days(ymd.year() / date::month((unsigned(ymd.month()) - 1) / 3 * 3 + 1) / 1);
    }
    return day;
}

date::local_days next_first_day(Period period, date::local_days first) {
    const date::year_month_day ymd(first);
    switch (period) {
        case Period::day:
            return first + date::days(1);
        case Period::week:
            return first + date::days(7);
        case Period::month:
            return date::local_days(ymd + date::months(1));
        case Period::quarter:
            return date::local_days(ymd + date::months(3));
    }
    return first + date::days(1);
}

}  // namespace

std::string_view to_string(Period period) {
    return periods[std::size_t(period)];
}

std::optional<Period> parse_period(std::string_view text) {
    for (std::size_t i = 0; i < std::size(periods); ++i)
        if (text == periods[i]) return Period(i);
    return std::nullopt;
}

std::int64_t longest_s(Period period) {
    constexpr std::int64_t days[] = {1, 7, 31, 92};
    return days[std::size_t(period)] * 86'400 + 3600;
}

core::Result<Span> period_of(const CalendarWindow& window, std::int64_t at_s) {
    const auto unknown = [&] {
        return core::fail(core::Errc::invalid_argument, "'{}' is no time zone of this system's database",
                          window.time_zone.substr(0, max_zone_bytes));
    };
    if (window.time_zone.empty() || window.time_zone.size() > max_zone_bytes) return unknown();
    try {
        const date::time_zone* zone = date::locate_zone(window.time_zone);
        const date::sys_seconds at{std::chrono::seconds(at_s)};
        const auto day = date::floor<date::days>(zone->to_local(at));
        const auto begin = [&](date::local_days first) {
            const auto midnight = zone->to_sys(date::local_seconds(first), date::choose::earliest);
            return std::int64_t(midnight.time_since_epoch().count());
        };
        const auto first = first_day(window.period, day);
        return Span{begin(first), begin(next_first_day(window.period, first))};
    } catch (const std::exception&) {  // how the library says that it does not know the zone
        return unknown();
    }
}

}  // namespace qd::slo
