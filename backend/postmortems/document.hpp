#pragma once
// A post-mortem as a value: the five sections of the practice, each statement with its evidence. What only a
// person can know is left open and says so; nothing is made up.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "incidents/event.hpp"
#include "incidents/incident.hpp"

namespace qd::postmortems {

/// Events of the journal that bear a statement out, and what was measured. Empty: nobody has shown it yet.
struct Evidence {
    std::vector<std::uint64_t> events;  // seq in the incident's journal
    std::string measured;               // e.g. "error ratio 12.4 % of 830 requests"

    bool operator==(const Evidence&) const = default;
    bool empty() const { return events.empty() && measured.empty(); }
};

struct Statement {
    std::string text;
    Evidence evidence;

    bool operator==(const Statement&) const = default;
};

struct TimelineRow {
    core::WallTime at;
    std::uint64_t event = 0;  // seq
    std::string kind;
    std::string actor;
    std::string text;
    std::string evidence;    // e.g. "event 12, recorded 40 s later"
    std::string metric;      // what was measured then: "Availability of playback 91.2 % good"; empty: nothing
    bool corrected = false;  // it supersedes an earlier row

    bool operator==(const TimelineRow&) const = default;
};

/// One of MTTD, MTTA, MTTM, MTTR for this incident, worked out before the reader's eyes.
struct MeasureRow {
    std::string name;     // "MTTD"
    std::string title;    // "time to detect"
    std::string formula;  // "detected_at - started_at"
    std::string worked;   // "19:37:31.000 - 19:37:04.123"; why it is not known otherwise
    std::optional<std::chrono::milliseconds> value;
    bool within_limit = true;  // of the 5-minute detection clock; true where there is no limit

    bool operator==(const MeasureRow&) const = default;
};

struct ActionItem {
    std::string text;   // begins with a verb
    std::string kind;   // "prevent" | "detect" | "mitigate" | "process"
    std::string owner;  // empty: nobody yet
    std::string due;    // ISO date; empty: none yet
    std::string done_when;
    Evidence evidence;
    bool proposed = true;  // by the compiler, not yet accepted by a person

    bool operator==(const ActionItem&) const = default;
};

/// A measured series around the incident, for the chart.
struct Series {
    std::string title;
    double objective = 0;  // 0..1
    double step_s = 0;
    struct Point {
        core::WallTime at;
        double good = 0;
        double total = 0;
        bool operator==(const Point&) const = default;
    };
    std::vector<Point> points;  // gaps are missing points

    bool operator==(const Series&) const = default;
};

/// What an objective cost: measured by the SLO engine over the incident's span.
struct ObjectiveCost {
    std::string id;
    std::string title;
    std::string unit;                    // what is counted: "requests", "milliseconds", …; empty: not known
    double objective = 0;                // 0..1
    double good = 0, total = 0;          // events between start and end of impact
    std::optional<double> budget_spent;  // of the window's budget, by the bad events of the incident; 1 = all
    std::optional<double> budget_remaining;  // now
    Series series;                           // empty points: no history

    bool operator==(const ObjectiveCost&) const = default;
};

/// What is known beside the journal. All of it may be missing.
struct Figures {
    std::vector<ObjectiveCost> objectives;
    std::optional<core::WallTime> measured_from;
    std::optional<core::WallTime> measured_to;
    std::string missing;  // why there is none, where they could not be looked up; empty: they could
};

struct Mark {
    core::WallTime at;
    std::string label;  // "detected", "mitigated", "canary 10 %", …

    bool operator==(const Mark&) const = default;
};

struct Document {
    incidents::IncidentId incident;
    std::string title;
    incidents::Severity severity = incidents::Severity::sev3;
    incidents::State state = incidents::State::triage;
    std::uint64_t journal_version = 0;  // compiled from the journal up to this seq
    core::WallTime journal_as_of;       // when that event was recorded

    std::vector<Statement> summary;
    std::vector<Statement> impact;
    std::vector<ObjectiveCost> costs;
    std::vector<MeasureRow> measures;
    std::string severity_times;  // "SEV3 for 25.0 s, SEV2 for 1 min 15 s", from detection to resolution
    incidents::Roles responders;
    std::vector<TimelineRow> timeline;
    std::vector<Statement> root_cause;  // suspects, worded as such
    std::vector<ActionItem> action_items;
    std::vector<Statement> went_well;
    std::vector<Statement> went_poorly;
    std::vector<Statement> lucky;
    std::vector<std::string> open_questions_root_cause;  // what a person has to write
    std::vector<std::string> open_questions_lessons;
    std::vector<Mark> marks;      // for the charts
    std::string figures_missing;  // Figures::missing

    bool operator==(const Document&) const = default;
};

}  // namespace qd::postmortems
