#pragma once
// The clocks of a response, and the times to detect, acknowledge, mitigate and resolve. Pure.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "incidents/incident.hpp"

namespace qd::incidents {

inline constexpr std::chrono::minutes detection_limit{5};
inline constexpr std::chrono::minutes response_limit{15};

enum class ClockState {
    running,
    met,
    late,       // over the limit, whether stopped or still running
    unfinished  // it ended within the limit, and not everything was done
};

std::string_view to_string(ClockState state);

struct Countdown {
    std::string_view name;  // "detection" | "response"
    core::WallTime from;
    std::chrono::milliseconds limit;
    std::optional<core::WallTime> stopped_at;
    std::chrono::milliseconds elapsed;    // until stopped_at, or until now
    std::chrono::milliseconds remaining;  // negative when late
    ClockState state = ClockState::running;
};

struct ResponseStep {
    std::string_view name;   // "acknowledge", "assess severity", "channel", "commander", "stakeholders"
    std::string_view label;  // e.g. "Assign an incident commander"
    std::optional<core::WallTime> done_at;
    bool in_time = false;  // done within response_limit of detection
};

struct Clocks {
    Countdown detection;              // from first impact to detection
    Countdown response;               // from detection until all steps are done
    std::vector<ResponseStep> steps;  // the five, in the order of the practice
};

/// Of an incident that is over (resolved, closed, cancelled, merged) no clock runs: what is open stays so.
Clocks clocks(const Incident& incident, core::WallTime now);

/// The four times. "MTTR" has several meanings elsewhere; here R is resolve, and M is mitigate.
enum class Measure { mttd, mtta, mttm, mttr };

std::string_view name(Measure measure);     // "MTTD"
std::string_view title(Measure measure);    // "mean time to detect"
std::string_view formula(Measure measure);  // "detected_at - started_at"

/// MTTD and MTTA of the first episode, MTTM and MTTR of the given one (both from its start); nothing while
/// open.
std::optional<std::chrono::milliseconds> time_to(Measure measure, const Episode& episode);

/// "4 min 12 s", "850 ms", "2 h 03 min".
std::string format_duration(std::chrono::milliseconds duration);

}  // namespace qd::incidents
