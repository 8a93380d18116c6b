#pragma once
// The SLO report of a calendar month: how each objective was met, what its budget went to, and whether its
// contract was kept. Pure: what was counted goes in, a document comes out.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "incidents/incident.hpp"
#include "slo/alert.hpp"
#include "slo/exclusion.hpp"
#include "slo/replay.hpp"

namespace qd::reports {

/// A calendar month of a time zone.
struct Month {
    std::string name;  // "2026-11"
    std::string time_zone = "UTC";
    slo::Span span;

    bool operator==(const Month&) const = default;
};

/// `name` as "2026-11", of the years 1970 to 2500. Errc::invalid_argument, for an unknown zone too.
core::Result<Month> month_of(std::string_view name, const std::string& time_zone);

/// One calendar day of the month.
struct Day {
    std::int64_t from_s = 0;
    slo::Counts counts;          // without what is excluded
    std::int64_t covered_s = 0;  // seconds of it with a reading; 0: nothing is known

    bool operator==(const Day&) const = default;
};

enum class Verdict { met, missed, no_traffic, no_data };

std::string_view to_string(Verdict verdict);

struct ObjectiveReport {
    slo::Objective objective;
    Verdict verdict = Verdict::no_data;
    slo::Counts counts;  // of the month, without what is excluded
    std::int64_t covered_s = 0;
    std::int64_t elapsed_s = 0;         // of the month up to the report
    double allowed = 0;                 // (1 - target) * total, in events
    std::optional<double> spent_share;  // bad / allowed; nothing without events
    std::optional<bool> sla_kept;       // nothing without a contract or events
    std::vector<Day> days;
    std::vector<slo::Alert> alerts;  // that fired in the month, the earliest first
    std::vector<slo::Exclusion> exclusions;
    slo::Counts excluded;

    bool operator==(const ObjectiveReport&) const = default;
};

struct Report {
    Month month;
    core::WallTime made_at{};  // a month that is not over is reported up to here
    std::vector<ObjectiveReport> objectives;
    std::vector<incidents::Incident> incidents;  // that touched the month, the earliest first

    bool operator==(const Report&) const = default;
};

/// What there is of one objective.
struct Material {
    const slo::Objective& objective;
    const slo::Past& past;  // of the month, as far as it is kept
};

/// Cells that an exclusion or midnight cuts belong to where their middle lies; only hours that are older than
/// the kept minutes can be cut at all.
Report compile(const Month& month, core::WallTime now, const std::vector<Material>& objectives,
               const std::vector<slo::Alert>& alerts, const std::vector<slo::Exclusion>& exclusions,
               const std::vector<incidents::Incident>& incidents);

/// The same report gives the same bytes.
std::string to_markdown(const Report& report);
/// Self-contained, with a chart of each objective's days as SVG.
std::string to_html(const Report& report);
std::string to_json_text(const Report& report);

}  // namespace qd::reports
