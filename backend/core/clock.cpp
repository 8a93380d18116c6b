#include "core/clock.hpp"

#include <cstdio>
#include <ctime>

namespace qd::core {
namespace chr = std::chrono;
namespace {

constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

WallTime SystemClock::now() const {
    return chr::time_point_cast<chr::milliseconds>(chr::system_clock::now());
}

SteadyTime SystemClock::steady_now() const {
    return chr::steady_clock::now();
}

std::string format_rfc3339(WallTime at) {
    const auto day = chr::floor<chr::days>(at);
    const chr::year_month_day date(day);
    const chr::hh_mm_ss time(at - day);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", int(date.year()), unsigned(date.month()),
                       unsigned(date.day()), time.hours().count(), time.minutes().count(),
                       time.seconds().count(), time.subseconds().count());
}

Result<WallTime> parse_rfc3339(std::string_view text) {
    const auto bad = [&] {
        return fail(Errc::invalid_argument, "'{}' is not an RFC 3339 time", text.substr(0, 64));
    };
    const std::string copy(text.substr(0, 64));
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, used = 0;
    char separator = 0;
    if (text.size() > 64 || std::sscanf(copy.c_str(), "%4d-%2d-%2d%c%2d:%2d:%2d%n", &year, &month, &day,
                                        &separator, &hour, &minute, &second, &used) != 7)
        return bad();
    const chr::year_month_day date{chr::year(year), chr::month(unsigned(month)), chr::day(unsigned(day))};
    const bool separated = separator == 'T' || separator == 't' || separator == ' ';
    if (!date.ok() || !separated || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
        second > 60)
        return bad();
    std::size_t at = std::size_t(used);
    int milliseconds = 0;
    if (at < copy.size() && copy[at] == '.') {
        int scale = 100;
        const std::size_t first = ++at;
        for (; at < copy.size() && copy[at] >= '0' && copy[at] <= '9'; ++at, scale /= 10)
            milliseconds += (copy[at] - '0') * scale;
        if (at == first) return bad();
    }
    chr::minutes offset{0};
    const std::string zone = copy.substr(at);
    if (zone != "Z" && zone != "z") {
        int zone_hour = 0, zone_minute = 0, zone_used = 0;
        char sign = 0;
        if (std::sscanf(zone.c_str(), "%c%2d:%2d%n", &sign, &zone_hour, &zone_minute, &zone_used) != 3 ||
            zone_used != int(zone.size()) || (sign != '+' && sign != '-') || zone_hour > 23 ||
            zone_minute > 59)
            return bad();
        offset = chr::minutes((zone_hour * 60 + zone_minute) * (sign == '-' ? -1 : 1));
    }
    return WallTime(chr::sys_days(date).time_since_epoch() + chr::hours(hour) + chr::minutes(minute) +
                    chr::seconds(second) + chr::milliseconds(milliseconds) - offset);
}

std::string format_http_date(WallTime at) {
    const std::time_t seconds = chr::floor<chr::seconds>(at).time_since_epoch().count();
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", days[parts.tm_wday], parts.tm_mday,
                       months[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

Result<WallTime> parse_http_date(std::string_view text) {
    const std::string copy(text.substr(0, 40));
    char day_name[4] = {}, month_name[4] = {};
    int day = 0, year = 0, hour = 0, minute = 0, second = 0, used = 0;
    if (std::sscanf(copy.c_str(), "%3s, %2d %3s %4d %2d:%2d:%2d GMT%n", day_name, &day, month_name, &year,
                    &hour, &minute, &second, &used) == 7 &&
        std::size_t(used) == text.size())
        for (unsigned month = 0; month < 12; ++month) {
            const chr::year_month_day date(chr::year(year), chr::month(month + 1), chr::day(unsigned(day)));
            const auto at = WallTime(chr::sys_days(date).time_since_epoch() + chr::hours(hour) +
                                     chr::minutes(minute) + chr::seconds(second));
            // What it stands for, written again, must be the same text: that checks every part.
            if (std::string_view(months[month]) == month_name && date.ok() && format_http_date(at) == text)
                return at;
        }
    return fail(Errc::invalid_argument, "'{}' is no date of HTTP", copy);
}

}  // namespace qd::core
