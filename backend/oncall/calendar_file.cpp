#include "oncall/calendar_file.hpp"

#include <algorithm>
#include <filesystem>

#include "oncall/content_line.hpp"
#include "oncall/rota_file.hpp"

namespace qd::oncall {
namespace {

constexpr std::size_t max_person = 120;
constexpr std::size_t max_left_out = 2'000;
constexpr std::int64_t longest_event = 53 * 7 * minutes_of_day;

struct CalendarTime {
    LocalMinute local;
    std::string zone;
    bool date_only = false;

    core::WallTime moment() const { return moment_of(local, zone); }
};

/// "20261126" or "20261126T090000", with or without "Z".
std::optional<CalendarTime> parse_time(std::string_view text, const std::string& zone) {
    CalendarTime time{{}, zone, text.size() == 8};
    if (text.ends_with('Z')) {
        text.remove_suffix(1);
        time.zone = "UTC";
    }
    if (text.size() != 8 && (text.size() != 15 || text[8] != 'T')) return std::nullopt;
    const auto year = parse_number(text.substr(0, 4)), month = parse_number(text.substr(4, 2)),
               day = parse_number(text.substr(6, 2));
    if (!year || !month || !day) return std::nullopt;
    const auto midnight = day_from(int(*year), *month, *day);
    if (!midnight) return std::nullopt;
    time.local = *midnight;
    if (text.size() == 8) return time;
    const auto hour = parse_number(text.substr(9, 2)), minute = parse_number(text.substr(11, 2)),
               second = parse_number(text.substr(13, 2));
    if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    time.local.value += *hour * 60 + *minute;
    return time;
}

struct Length {
    std::int64_t wall_minutes = 0, exact_minutes = 0;
};

/// "P1W", "P2DT12H30M"; nothing for a negative or an empty one.
std::optional<Length> parse_duration(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    if (!text.starts_with('P') || text.size() < 3) return std::nullopt;
    text.remove_prefix(1);
    Length length;
    bool in_time = false;
    while (!text.empty()) {
        if (text.front() == 'T') {
            in_time = true;
            text.remove_prefix(1);
            continue;
        }
        const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
        const auto value = parse_number(text.substr(0, digits));
        if (!value || *value > 100'000 || digits == text.size()) return std::nullopt;
        const char unit = text[digits];
        text.remove_prefix(digits + 1);
        if (!in_time && unit == 'W')
            length.wall_minutes += std::int64_t(*value) * 7 * minutes_of_day;
        else if (!in_time && unit == 'D')
            length.wall_minutes += std::int64_t(*value) * minutes_of_day;
        else if (in_time && unit == 'H')
            length.exact_minutes += std::int64_t(*value) * 60;
        else if (in_time && unit == 'M')
            length.exact_minutes += *value;
        else if (!(in_time && unit == 'S'))
            return std::nullopt;
    }
    return length;
}

std::optional<int> parse_byday(std::string_view text) {
    constexpr std::array<std::string_view, 7> names{"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
    const auto* at = std::ranges::find(names, text);
    if (at == names.end()) return std::nullopt;
    return int(at - names.begin());
}

/// Calls `take` for each part between separators.
template <class Take>
void each_part(std::string_view text, char separator, Take take) {
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find(separator, at), text.size());
        take(text.substr(at, end - at));
        at = end + 1;
    }
}

class CalendarReader {
public:
    explicit CalendarReader(std::string source) : source_(std::move(source)) {}

    core::Result<Rota> read(const std::vector<ContentLine>& lines) {
        if (lines.empty() || lines.front().name != "BEGIN" || lines.front().value != "VCALENDAR")
            return core::fail(core::Errc::config, "{}:1: expected BEGIN:VCALENDAR", source_);
        // Floating times need the zone, which may stand anywhere.
        for (const ContentLine& line : lines) {
            if (line.name == "X-WR-TIMEZONE" && !is_zone(line.value))
                refuse(line, "X-WR-TIMEZONE is no time zone that is known here");
            else if (line.name == "X-WR-TIMEZONE")
                rota_.time_zone = line.value;
            if (line.name == "X-WR-CALNAME") rota_.name = unescape(line.value).substr(0, max_person);
        }
        for (const ContentLine& line : lines) take(line);
        if (!open_.empty() && !error_)
            error_ = fmt::format("{}:{}: END:{} is missing", source_, lines.back().number, open_.back());
        if (error_) return core::fail(core::Errc::config, "{}", *error_);
        if (rota_.name.empty()) rota_.name = std::filesystem::path(source_).stem().string();
        return std::move(rota_);
    }

private:
    void refuse(const ContentLine& line, std::string_view why) {
        if (!error_) error_ = fmt::format("{}:{}: {}", source_, line.number, why);
    }

    void take(const ContentLine& line) {
        if (line.name == "BEGIN") {
            if (open_.size() >= 8) return refuse(line, "components are nested too deeply");
            open_.push_back(line.value.substr(0, 40));
            if (in_event()) begin_event(line);
            return;
        }
        if (line.name == "END") {
            if (open_.empty() || open_.back() != line.value) return refuse(line, "END does not match BEGIN");
            if (in_event()) finish_event();
            open_.pop_back();
            return;
        }
        if (in_event()) take_property(line);
    }
    bool in_event() const { return open_.size() == 2 && open_.back() == "VEVENT"; }

    void begin_event(const ContentLine& line) {
        begin_ = line;
        event_ = {};
        start_.reset();
        end_.reset();
        length_.reset();
        rule_.reset();
        cancelled_ = attended_ = false;
    }

    std::optional<CalendarTime> time_of(const ContentLine& line, std::string_view text) {
        std::string zone(line.parameter("TZID"));
        if (!zone.empty() && !is_zone(zone)) {
            refuse(line, fmt::format("TZID '{}' is no time zone that is known here", zone.substr(0, 64)));
            return std::nullopt;
        }
        auto time = parse_time(text, zone.empty() ? rota_.time_zone : zone);
        if (!time) refuse(line, fmt::format("{} is no date such as 20261126 or 20261126T090000Z", line.name));
        return time;
    }

    void take_property(const ContentLine& line) {
        if (line.name == "DTSTART") {
            start_ = time_of(line, line.value);
        } else if (line.name == "DTEND") {
            end_ = time_of(line, line.value);
        } else if (line.name == "DURATION") {
            length_ = parse_duration(line.value);
            if (!length_) refuse(line, "DURATION is none such as P1W or PT12H");
        } else if (line.name == "SUMMARY") {
            if (!attended_) event_.person = unescape(line.value).substr(0, max_person);
        } else if (line.name == "ATTENDEE") {
            take_attendee(line);
        } else if (line.name == "STATUS") {
            cancelled_ = line.value == "CANCELLED";
        } else if (line.name == "RRULE") {
            if (rule_) refuse(line, "a second RRULE is not supported");
            rule_ = line;
        } else if (line.name == "EXDATE") {
            each_part(line.value, ',', [&](std::string_view part) {
                const auto time = time_of(line, part);
                if (event_.left_out.size() == max_left_out) return refuse(line, "more than 2,000 EXDATEs");
                if (time) event_.left_out.push_back(time->moment());
            });
        } else if (line.name == "RDATE" || line.name == "EXRULE" || line.name == "RECURRENCE-ID") {
            refuse(line, line.name + " is not supported");
        }
    }

    void take_attendee(const ContentLine& line) {
        if (attended_) return refuse(line, "a second ATTENDEE is not supported: one event a person");
        attended_ = true;
        std::string_view who = line.parameter("CN");
        if (who.empty()) who = line.value;
        if (who.starts_with("mailto:") || who.starts_with("MAILTO:")) who.remove_prefix(7);
        event_.person = who.substr(0, max_person);
    }

    void take_rule(const ContentLine& line) {
        Recurrence rule;
        bool frequent = false;
        each_part(line.value, ';', [&](std::string_view part) {
            const std::size_t equals = std::min(part.find('='), part.size());
            const std::string_view key = part.substr(0, equals);
            const std::string_view value = part.substr(std::min(equals + 1, part.size()));
            if (key == "FREQ" && (value == "DAILY" || value == "WEEKLY")) {
                frequent = true;
                rule.frequency =
                    value == "DAILY" ? Recurrence::Frequency::daily : Recurrence::Frequency::weekly;
            } else if (key == "INTERVAL" || key == "COUNT") {
                const auto count = parse_number(value);
                const unsigned most = key == "COUNT" ? 10'000 : 1'000;
                if (!count || *count == 0 || *count > most)
                    return refuse(line, fmt::format("{} must be 1 to {}", key, most));
                if (key == "COUNT")
                    rule.count = *count;
                else
                    rule.interval = *count;
            } else if (key == "UNTIL") {
                auto until = parse_time(value, start_->zone);
                if (!until) return refuse(line, "UNTIL is no date");
                // A date takes its whole day in.
                if (until->date_only) until->local.value += minutes_of_day - 1;
                rule.until = until->moment();
            } else if (key == "BYDAY") {
                each_part(value, ',', [&](std::string_view name) {
                    const auto day = parse_byday(name);
                    if (!day) return refuse(line, "BYDAY must be weekdays such as MO,TU");
                    rule.days[std::size_t(*day)] = true;
                });
            } else if (!(key == "WKST" && value == "MO") && !part.empty()) {
                refuse(line, fmt::format("RRULE with {} is not supported", part.substr(0, 60)));
            }
        });
        if (!frequent) refuse(line, "RRULE needs FREQ=DAILY or FREQ=WEEKLY");
        if (rule.frequency == Recurrence::Frequency::daily &&
            std::ranges::any_of(rule.days, [](bool on) { return on; }))
            refuse(line, "BYDAY is supported with FREQ=WEEKLY only");
        if (rule.count && rule.until) refuse(line, "RRULE has COUNT and UNTIL: one of them");
        event_.recurrence = rule;
    }

    void finish_event() {
        if (cancelled_) return;
        if (!start_) return refuse(begin_, "this VEVENT has no DTSTART");
        event_.begins = start_->local;
        event_.zone = start_->zone;
        if (end_) {
            if (end_->zone != start_->zone)
                return refuse(begin_, "this VEVENT begins and ends in different time zones: not supported");
            event_.wall_minutes = end_->local.value - start_->local.value;
        } else if (length_) {
            event_.wall_minutes = length_->wall_minutes;
            event_.exact_minutes = length_->exact_minutes;
        } else if (start_->date_only) {
            event_.wall_minutes = minutes_of_day;
        } else {
            return refuse(begin_, "this VEVENT has neither DTEND nor DURATION");
        }
        const std::int64_t length = event_.wall_minutes + event_.exact_minutes;
        if (length <= 0 || length > longest_event)
            return refuse(begin_, "this VEVENT must last a minute to 53 weeks");
        if (event_.person.empty()) return refuse(begin_, "this VEVENT has neither SUMMARY nor ATTENDEE");
        if (std::ranges::any_of(event_.person, [](unsigned char c) { return c < ' '; }))
            return refuse(begin_, "the person's name holds control characters");
        if (rule_) take_rule(*rule_);
        if (rota_.events.size() == max_events) return refuse(begin_, "more than 1,000 VEVENTs");
        rota_.events.push_back(event_);
    }

    const std::string source_;
    Rota rota_;
    std::vector<std::string> open_;
    ContentLine begin_;
    CalendarEvent event_;
    std::optional<CalendarTime> start_, end_;
    std::optional<Length> length_;
    std::optional<ContentLine> rule_;
    bool cancelled_ = false, attended_ = false;
    std::optional<std::string> error_;
};

}  // namespace

core::Result<Rota> parse_calendar(std::string text, std::string source) {
    if (text.size() > max_file_bytes)
        return core::fail(core::Errc::config, "{}:1: larger than {} KiB", source, max_file_bytes >> 10);
    const auto lines = read_lines(text, source);
    if (!lines) return core::Failure(lines.error());
    return CalendarReader(std::move(source)).read(*lines);
}

}  // namespace qd::oncall
