#include "opsd/rollout_settings.hpp"

#include <algorithm>
#include <functional>

#include "core/files.hpp"
#include "oncall/calendar_file.hpp"
#include "oncall/rota_file.hpp"

namespace qd::opsd {
namespace {

using core::ConfigReader;

constexpr std::size_t max_windows = 200, max_calendars = 50, most_calendars = 20;

core::WallTime read_moment(ConfigReader& entry, const char* key) {
    const auto at = core::parse_rfc3339(entry.require<std::string>(key));
    if (!at) entry.reject(key, "is no time such as 2026-12-24T00:00:00Z");
    return at.value_or(core::WallTime{});
}

rollouts::FreezeWindow read_window(ConfigReader& entry) {
    rollouts::FreezeWindow window;
    window.name = entry.require<std::string>("name");
    window.reason = entry.require<std::string>("reason");
    window.from = read_moment(entry, "from");
    window.to = read_moment(entry, "to");
    window.by = entry.get<std::string>("by", "the configuration");
    if (window.to <= window.from) entry.reject("to", "is not after from");
    return window;
}

int read_time_of_day(ConfigReader& entry, const char* key, const char* fallback) {
    const auto minute = oncall::parse_time_of_day(entry.get<std::string>(key, fallback));
    if (!minute) entry.reject(key, "is no time of day such as 18:00");
    return minute.value_or(0);
}

rollouts::FreezeCalendar read_calendar(ConfigReader& entry) {
    rollouts::FreezeCalendar calendar;
    calendar.name = entry.require<std::string>("name");
    calendar.reason = entry.get<std::string>("reason", "");
    for (const std::string& day : entry.require<std::vector<std::string>>("days")) {
        const auto weekday = oncall::parse_weekday(day);
        if (weekday)
            calendar.days[std::size_t(*weekday)] = true;
        else
            entry.reject("days", "are mon, tue, wed, thu, fri, sat and sun");
    }
    if (std::ranges::none_of(calendar.days, std::identity{})) entry.reject("days", "name no day");
    calendar.from_minute = read_time_of_day(entry, "from", "00:00");
    calendar.to_minute = read_time_of_day(entry, "to", "24:00");
    calendar.time_zone = entry.get<std::string>("timezone", "UTC");
    if (!oncall::is_zone(calendar.time_zone)) entry.reject("timezone", "is none that this system knows");
    return calendar;
}

core::Result<std::vector<oncall::CalendarEvent>> read_file(const std::string& path) {
    auto text = core::read_file(path, oncall::max_file_bytes);
    if (!text) return core::Failure(text.error());
    auto rota = oncall::parse_calendar(std::move(*text), path);
    if (!rota) return core::Failure(rota.error());
    return std::move(rota->events);
}

}  // namespace

RolloutSettings read_rollout_settings(ConfigReader& reader) {
    RolloutSettings settings;
    ConfigReader own = reader.child("rollouts");
    settings.read_only = own.get<bool>("read_only", false);
    settings.read_only_reason = own.get<std::string>("read_only_reason", "");
    for (ConfigReader& entry : own.children("freeze")) {
        settings.windows.push_back(read_window(entry));
        (void)entry.finish();
        own.merge(entry);
    }
    for (ConfigReader& entry : own.children("calendar")) {
        settings.calendars.push_back(read_calendar(entry));
        (void)entry.finish();
        own.merge(entry);
    }
    const auto files = own.get<std::vector<std::string>>("calendar_files", {});
    if (settings.windows.size() > max_windows) own.reject("freeze", "are too many: at most 200");
    if (settings.calendars.size() > max_calendars) own.reject("calendar", "are too many: at most 50");
    if (files.size() > most_calendars) own.reject("calendar_files", "are too many: at most 20");
    for (const std::string& path : files) {
        auto events = read_file(path);
        if (!events) {
            own.reject("calendar_files", events.error().message);
            break;
        }
        settings.files.push_back({path, std::move(*events)});
    }
    (void)own.finish();
    reader.merge(own);
    return settings;
}

}  // namespace qd::opsd
