#include "incidents/clocks.hpp"

#include <algorithm>
#include <array>

namespace qd::incidents {
namespace {

using std::chrono::milliseconds;

Countdown countdown(std::string_view name, core::WallTime from, milliseconds limit,
                    std::optional<core::WallTime> stopped_at, core::WallTime now) {
    Countdown clock{name, from, limit, stopped_at, {}, {}, ClockState::running};
    clock.elapsed = std::max(milliseconds(0), stopped_at.value_or(now) - from);
    clock.remaining = limit - clock.elapsed;
    if (clock.remaining.count() < 0)
        clock.state = ClockState::late;
    else if (stopped_at)
        clock.state = ClockState::met;
    return clock;
}

struct Text {
    std::string_view name, title, formula;
};

constexpr std::array<Text, 4> texts{{
    {"MTTD", "mean time to detect", "detected_at - started_at"},
    {"MTTA", "mean time to acknowledge", "acknowledged_at - detected_at"},
    {"MTTM", "mean time to mitigate", "mitigated_at - started_at"},
    {"MTTR", "mean time to resolve", "resolved_at - started_at"},
}};

}  // namespace

std::string_view to_string(ClockState state) {
    switch (state) {
        case ClockState::running:
            return "running";
        case ClockState::met:
            return "met";
        case ClockState::late:
            return "late";
        case ClockState::unfinished:
            return "unfinished";
    }
    return "";
}

Clocks clocks(const Incident& incident, core::WallTime now) {
    for (const auto& over : {incident.closed_at, incident.resolved_at})
        if (over) now = std::min(now, *over);
    const core::WallTime until = incident.detected_at + response_limit;
    const ResponseTimes& done = incident.response;
    Clocks all;
    all.steps = {{"acknowledge", "Acknowledge", incident.acknowledged_at, false},
                 {"assess severity", "Assess the severity", done.severity_assessed_at, false},
                 {"channel", "Open a channel", done.channel_opened_at, false},
                 {"commander", "Assign an incident commander", done.commander_assigned_at, false},
                 {"stakeholders", "Tell the stakeholders", done.stakeholders_told_at, false}};
    std::optional<core::WallTime> last = incident.detected_at;
    for (ResponseStep& step : all.steps) {
        step.in_time = step.done_at && *step.done_at <= until;
        last = step.done_at && last ? std::optional(std::max(*last, *step.done_at)) : std::nullopt;
    }
    all.detection = countdown("detection", incident.started_at, detection_limit, incident.detected_at,
                              incident.detected_at);
    all.response = countdown("response", incident.detected_at, response_limit, last, now);
    if (!is_open(incident.state) && all.response.state == ClockState::running)
        all.response.state = ClockState::unfinished;
    return all;
}

std::string_view name(Measure measure) {
    return texts[std::size_t(measure)].name;
}
std::string_view title(Measure measure) {
    return texts[std::size_t(measure)].title;
}
std::string_view formula(Measure measure) {
    return texts[std::size_t(measure)].formula;
}

std::optional<milliseconds> time_to(Measure measure, const Episode& episode) {
    const auto between = [](std::optional<core::WallTime> end,
                            core::WallTime start) -> std::optional<milliseconds> {
        if (!end) return std::nullopt;
        return *end - start;
    };
    switch (measure) {
        case Measure::mttd:
            return between(episode.detected_at, episode.started_at);
        case Measure::mtta:
            return between(episode.acknowledged_at, episode.detected_at);
        case Measure::mttm:
            return between(episode.mitigated_at, episode.started_at);
        case Measure::mttr:
            return between(episode.resolved_at, episode.started_at);
    }
    return std::nullopt;
}

std::string format_duration(milliseconds duration) {
    if (duration.count() < 0) return "-" + format_duration(-duration);
    if (duration < std::chrono::seconds(1)) return fmt::format("{} ms", duration.count());
    const auto seconds = duration.count() / 1000;
    if (seconds < 60) return fmt::format("{:.1f} s", double(duration.count() / 100) / 10);
    if (seconds < 3600) return fmt::format("{} min {:02} s", seconds / 60, seconds % 60);
    if (seconds < 86'400) return fmt::format("{} h {:02} min", seconds / 3600, seconds / 60 % 60);
    return fmt::format("{} d {:02} h", seconds / 86'400, seconds / 3600 % 24);
}

}  // namespace qd::incidents
