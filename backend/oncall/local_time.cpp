#include "oncall/local_time.hpp"

#include <date/tz.h>

#include <array>
#include <charconv>

namespace qd::oncall {
namespace {

constexpr std::size_t max_zone_bytes = 64;
constexpr int first_year = 1970, last_year = 2200;

const date::time_zone* find_zone(std::string_view zone) {
    if (zone.empty() || zone.size() > max_zone_bytes) return nullptr;
    try {
        return date::locate_zone(std::string(zone));
    } catch (const std::exception&) {  // how the library says that it does not know the zone
        return nullptr;
    }
}

date::local_days day_of(LocalMinute local) {
    return date::floor<date::days>(date::local_time<std::chrono::minutes>(std::chrono::minutes(local.value)));
}

}  // namespace

std::optional<unsigned> parse_number(std::string_view text) {
    unsigned value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
    return value;
}

bool is_zone(std::string_view zone) {
    return find_zone(zone) != nullptr;
}

core::WallTime moment_of(LocalMinute local, const std::string& zone) {
    const date::local_time<std::chrono::minutes> shown{std::chrono::minutes(local.value)};
    const date::time_zone* found = find_zone(zone);
    if (found == nullptr) return core::WallTime(std::chrono::minutes(local.value));
    return core::WallTime(found->to_sys(shown, date::choose::earliest).time_since_epoch());
}

LocalMinute local_at(core::WallTime at, const std::string& zone) {
    const date::time_zone* found = find_zone(zone);
    const auto seconds = date::floor<std::chrono::seconds>(date::sys_time<std::chrono::milliseconds>(at));
    const auto shown =
        found == nullptr ? seconds.time_since_epoch() : found->to_local(seconds).time_since_epoch();
    return {date::floor<std::chrono::minutes>(shown).count()};
}

int weekday_of(LocalMinute local) {
    return int(date::weekday(day_of(local)).iso_encoding()) - 1;
}

std::optional<LocalMinute> day_from(int year, unsigned month, unsigned day) {
    const date::year_month_day ymd{date::year(year), date::month(month), date::day(day)};
    if (!ymd.ok() || year < first_year || year > last_year) return std::nullopt;
    return LocalMinute{date::local_days(ymd).time_since_epoch().count() * minutes_of_day};
}

std::optional<int> parse_time_of_day(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    const auto hours = parse_number(text.substr(0, 2)), minutes = parse_number(text.substr(3));
    if (!hours || !minutes || *minutes > 59 || *hours > 24 || (*hours == 24 && *minutes > 0))
        return std::nullopt;
    return int(*hours * 60 + *minutes);
}

std::optional<LocalMinute> parse_day(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto year = parse_number(text.substr(0, 4)), month = parse_number(text.substr(5, 2)),
               day = parse_number(text.substr(8));
    if (!year || !month || !day) return std::nullopt;
    return day_from(int(*year), *month, *day);
}

std::optional<int> parse_weekday(std::string_view text) {
    constexpr std::array<std::string_view, 7> names{"monday", "tuesday",  "wednesday", "thursday",
                                                    "friday", "saturday", "sunday"};
    for (std::size_t i = 0; i < names.size(); ++i)
        if (text == names[i] || text == names[i].substr(0, 3)) return int(i);
    return std::nullopt;
}

}  // namespace qd::oncall
