#pragma once
// Every clock is injected. Tests use tests/support/fake_clock.hpp.

#include <chrono>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace qd::core {

using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;
using SteadyTime = std::chrono::steady_clock::time_point;
using Seconds = std::chrono::duration<double>;

/// Thread-safe.
class Clock {
public:
    virtual ~Clock() = default;
    virtual WallTime now() const = 0;
    virtual SteadyTime steady_now() const = 0;
};

class SystemClock final : public Clock {
public:
    WallTime now() const override;
    SteadyTime steady_now() const override;
};

/// `at` and a delay in seconds later.
inline SteadyTime after(SteadyTime at, Seconds delay) {
    return at + std::chrono::duration_cast<SteadyTime::duration>(delay);
}

/// RFC 3339 in UTC with milliseconds: "2026-11-23T19:37:04.123Z".
std::string format_rfc3339(WallTime at);

/// Reads RFC 3339 with any offset and up to nanosecond fractions (cut to milliseconds).
Result<WallTime> parse_rfc3339(std::string_view text);

/// HTTP's IMF-fixdate (RFC 9110, 5.6.7): "Mon, 23 Nov 2026 19:37:04 GMT".
std::string format_http_date(WallTime at);

/// Reads an IMF-fixdate; the obsolete forms, which nobody sends any more, are refused.
Result<WallTime> parse_http_date(std::string_view text);

}  // namespace qd::core
