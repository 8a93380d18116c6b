#pragma once
// Windows that begin with a day, week, month or quarter of a time zone. Days have 23 and 25 hours where
// clocks change; the rules come from the system's time zone database (tzdata).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace qd::slo {

/// Weeks begin on Monday (ISO 8601), quarters with January, April, July and October.
enum class Period { day, week, month, quarter };

std::string_view to_string(Period period);
std::optional<Period> parse_period(std::string_view text);
/// Its greatest length, with the hour that a change of clocks may add.
std::int64_t longest_s(Period period);

struct CalendarWindow {
    Period period = Period::month;
    std::string time_zone = "UTC";  // IANA: "Europe/Berlin"

    bool operator==(const CalendarWindow&) const = default;
};

/// Seconds since 1970, [from_s, to_s).
struct Span {
    std::int64_t from_s = 0;
    std::int64_t to_s = 0;

    std::int64_t length_s() const { return to_s - from_s; }
    bool contains(std::int64_t at_s) const { return at_s >= from_s && at_s < to_s; }
    bool operator==(const Span&) const = default;
};

/// The period that holds `at_s` (of the years 1970 to 2500). A midnight that the clocks leap over is the
/// moment of the leap, one that comes twice is the first. Errc::invalid_argument for an unknown zone.
core::Result<Span> period_of(const CalendarWindow& window, std::int64_t at_s);

}  // namespace qd::slo
