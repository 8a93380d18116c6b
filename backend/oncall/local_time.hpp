#pragma once
// Wall-clock times of a time zone, and the moments they mean. The rules come from the system's time zone
// database (tzdata). Pure but for that.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.hpp"

namespace qd::oncall {

/// Minutes of a wall clock since 1970-01-01 00:00 as it shows them; no moment until a zone is known.
struct LocalMinute {
    std::int64_t value = 0;

    auto operator<=>(const LocalMinute&) const = default;
};

inline constexpr std::int64_t minutes_of_day = 24 * 60;

/// "UTC", "Europe/Berlin"; at most 64 bytes.
bool is_zone(std::string_view zone);

/// The moment at which the zone's clocks show `local`: when they leap over it the moment of the leap, when it
/// comes twice the first one. Of an unknown zone: as UTC.
core::WallTime moment_of(LocalMinute local, const std::string& zone);
/// What the zone's clocks show at `at`, seconds cut off.
LocalMinute local_at(core::WallTime at, const std::string& zone);

/// 0 Monday … 6 Sunday.
int weekday_of(LocalMinute local);
/// 00:00 of a day that exists, of the years 1970 to 2200.
std::optional<LocalMinute> day_from(int year, unsigned month, unsigned day);

/// Digits only, no sign.
std::optional<unsigned> parse_number(std::string_view text);
/// "09:00", "24:00" -> minutes of the day.
std::optional<int> parse_time_of_day(std::string_view text);
/// "2026-11-26".
std::optional<LocalMinute> parse_day(std::string_view text);
/// "monday" or "mon".
std::optional<int> parse_weekday(std::string_view text);

}  // namespace qd::oncall
