#pragma once
// Who is on call when, as a team writes it down. Values only: rota_file.hpp and calendar_file.hpp read them,
// schedule.hpp says who it is.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "oncall/local_time.hpp"

namespace qd::oncall {

inline constexpr std::size_t max_people = 100;  // of a layer
inline constexpr std::size_t max_layers = 10;
inline constexpr std::size_t max_restrictions = 20;  // of a layer
inline constexpr std::size_t max_overrides = 1'000;
inline constexpr std::size_t max_events = 1'000;  // of a calendar

/// A part of some weekdays, e.g. business hours. `to` at or before `from` is on the next day.
struct Restriction {
    std::array<bool, 7> days{};  // Monday first
    int from_minute = 0;         // of the day, 0..1440
    int to_minute = minutes_of_day;

    bool operator==(const Restriction&) const = default;
};

/// One place that is always to be filled, by people who take turns.
struct Layer {
    std::string name;
    std::vector<std::string> people;        // in the order of their turns
    LocalMinute first_handoff;              // the first person's turn begins
    std::int64_t turn_minutes = 0;          // of the wall clock, an hour to 52 weeks
    std::vector<Restriction> restrictions;  // none: around the clock

    bool operator==(const Layer&) const = default;
};

/// Takes a layer's place for a while.
struct Override {
    std::string person;
    std::string layer;
    core::WallTime from{};
    core::WallTime to{};

    bool operator==(const Override&) const = default;
};

struct Recurrence {
    enum class Frequency { daily, weekly };
    Frequency frequency = Frequency::weekly;
    unsigned interval = 1;                // 1..1,000
    std::optional<unsigned> count;        // 1..10,000
    std::optional<core::WallTime> until;  // the last begin that counts
    std::array<bool, 7> days{};           // weekly: none is the begin's own day

    bool operator==(const Recurrence&) const = default;
};

/// A calendar's entry: somebody is on call.
struct CalendarEvent {
    std::string person;
    std::string zone = "UTC";  // what its times are written in
    LocalMinute begins;
    std::int64_t wall_minutes = 0;   // the length as clocks show it, and
    std::int64_t exact_minutes = 0;  // as it passes: a day of 23 hours has fewer of these
    std::optional<Recurrence> recurrence;
    std::vector<core::WallTime> left_out;  // begins that do not count (EXDATE)

    bool operator==(const CalendarEvent&) const = default;
};

struct Rota {
    std::string name;
    std::string time_zone = "UTC";      // IANA
    std::vector<std::string> services;  // whose incidents it is for; none: all
    std::string auto_assign;            // a role that an incident's first one on call is given; empty: none
    std::vector<Layer> layers;          // the first one is called first
    std::vector<Override> overrides;    // later ones win
    std::vector<CalendarEvent> events;  // of a calendar file: a single layer "calendar"

    bool operator==(const Rota&) const = default;
};

inline constexpr const char* calendar_layer = "calendar";

}  // namespace qd::oncall
