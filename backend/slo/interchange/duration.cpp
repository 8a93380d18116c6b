#include "slo/interchange/duration.hpp"

#include <charconv>

namespace qd::slo::interchange {
namespace {

struct TimeUnit {
    char letter;
    std::int64_t seconds;
};

constexpr TimeUnit prometheus_units[] = {{'y', 365 * 86'400}, {'w', 7 * 86'400}, {'d', 86'400},
                                         {'h', 3'600},        {'m', 60},         {'s', 1}};
constexpr std::int64_t longest_s = 10 * 365 * 86'400ll;

core::Failure no_duration(std::string_view text, std::string_view example) {
    return core::fail(core::Errc::invalid_argument, "is '{}', which is no length of time such as {}",
                      text.substr(0, 40), example);
}

/// Takes the digits off the front; nothing when there are none or the number is too large.
bool take_number(std::string_view& text, std::int64_t& number) {
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc() || read.ptr == text.data() || number < 0 || number > longest_s) return false;
    text.remove_prefix(std::size_t(read.ptr - text.data()));
    return true;
}

}  // namespace

core::Result<std::int64_t> parse_prometheus_duration(std::string_view text) {
    std::string_view rest = text;
    std::int64_t sum = 0;
    for (const TimeUnit& unit : prometheus_units) {
        std::string_view ahead = rest;
        std::int64_t number = 0;
        if (!take_number(ahead, number) || !ahead.starts_with(unit.letter)) continue;
        ahead.remove_prefix(1);
        rest = ahead;
        if (number > longest_s / unit.seconds) return no_duration(text, "4w");
        sum += number * unit.seconds;
    }
    if (!rest.empty() || sum <= 0 || sum > longest_s) return no_duration(text, "4w");
    return sum;
}

std::string prometheus_duration(std::int64_t seconds) {
    std::string text;
    for (const TimeUnit& unit : prometheus_units) {
        if (unit.letter == 'y' || unit.letter == 'w' || seconds < unit.seconds) continue;
        text += fmt::format("{}{}", seconds / unit.seconds, unit.letter);
        seconds %= unit.seconds;
    }
    return text;
}

core::Result<std::int64_t> parse_openslo_duration(std::string_view text) {
    std::string_view rest = text;
    std::int64_t number = 0;
    if (!take_number(rest, number) || number == 0 || rest.size() != 1) return no_duration(text, "28d");
    if (rest == "M" || rest == "Q" || rest == "Y")
        return core::fail(
            core::Errc::invalid_argument,
            "is '{}': months, quarters and years differ in length; give a rolling window in days",
            text.substr(0, 40));
    for (const TimeUnit& unit : prometheus_units) {
        if (unit.letter == 'y' || unit.letter == 's' || rest[0] != unit.letter) continue;
        if (number > longest_s / unit.seconds) break;
        return number * unit.seconds;
    }
    return no_duration(text, "28d");
}

std::string openslo_duration(std::int64_t seconds) {
    const std::int64_t whole_s = (seconds + 59) / 60 * 60;
    for (const TimeUnit& unit : prometheus_units)
        if (unit.letter != 'y' && unit.letter != 's' && whole_s % unit.seconds == 0)
            return fmt::format("{}{}", whole_s / unit.seconds, unit.letter);
    return "0m";
}

}  // namespace qd::slo::interchange
