#pragma once
// When rollouts stand still: freeze windows, calendars, and what else forbids them. Pure: the time comes with the
// calls, and with it whoever knows the rules of time zones.

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "rollouts/progress.hpp"

namespace qd::rollouts {

/// What forbids starts and steps forward, unless overridden with a reason.
struct Freeze {
    std::string kind;    // "window", "calendar", "incident", "budget"
    std::string name;    // "Christmas", "INC-12", an objective's title
    std::string by;      // who or what set it: the configuration, a calendar's file, a commander
    std::string reason;  // a sentence
    std::optional<core::WallTime> from;
    std::optional<core::WallTime> until;  // absent: until it is lifted

    bool operator==(const Freeze&) const = default;
};

/// GET /rollouts/policy.
struct PolicyPicture {
    core::WallTime at;
    bool read_only = false;  // nobody may act
    std::string read_only_reason;
    std::vector<Freeze> now;   // in force
    std::vector<Freeze> next;  // windows and calendars of the next 14 days, the earliest first; at most 50

    bool operator==(const PolicyPicture&) const = default;
};

/// Once, from one moment to another.
struct FreezeWindow {
    std::string name;
    std::string reason;
    core::WallTime from, to;  // exclusive
    std::string by;

    bool operator==(const FreezeWindow&) const = default;
};

/// Each week, by the clocks of a time zone. `to_minute` at or before `from_minute` is on the next day.
struct FreezeCalendar {
    std::string name;
    std::string reason;
    std::array<bool, 7> days{};  // on which it begins; Monday first
    int from_minute = 0;         // of the day, 0..1440
    int to_minute = 1'440;
    std::string time_zone = "UTC";  // IANA

    bool operator==(const FreezeCalendar&) const = default;
};

/// Minutes of a wall clock since 1970-01-01 00:00 as it shows them, and the moments they mean. Where clocks leap
/// over a time it is the moment of the leap; of a time that comes twice it is the first.
class TimeZones {
public:
    virtual ~TimeZones() = default;
    virtual std::int64_t local_minute(core::WallTime at, const std::string& zone) const = 0;
    virtual core::WallTime moment(std::int64_t local_minute, const std::string& zone) const = 0;
};

/// In force at `now`, with the end of the stretch that they make without a gap (cut at 60 days).
std::vector<Freeze> freezes_at(const std::vector<FreezeWindow>& windows,
                               const std::vector<FreezeCalendar>& calendars, core::WallTime now,
                               const TimeZones& zones);
/// Those that begin in (from, to), the earliest first; at most `most`. A range beyond 60 days is cut.
std::vector<Freeze> freezes_to_come(const std::vector<FreezeWindow>& windows,
                                    const std::vector<FreezeCalendar>& calendars, core::WallTime from,
                                    core::WallTime to, std::size_t most, const TimeZones& zones);

/// "Christmas (until 2026-12-27T00:00:00Z): nobody is there": what a refusal says of it.
std::string describe(const Freeze& freeze);
/// All of them in one sentence; nothing when there is none.
std::optional<std::string> describe(const std::vector<Freeze>& freezes);

/// Whether whoever does it has to say why.
bool needs_reason(Action action);

}  // namespace qd::rollouts
