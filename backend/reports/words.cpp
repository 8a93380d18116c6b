#include "reports/words.hpp"

#include <array>
#include <cmath>

namespace qd::reports {
namespace {

constexpr std::array months{"January", "February", "March",     "April",   "May",      "June",
                            "July",    "August",   "September", "October", "November", "December"};

std::string duration(core::WallTime from, core::WallTime to) {
    const auto s = std::chrono::floor<std::chrono::seconds>(to - from).count();
    if (s < 120) return fmt::format("{} s", s);
    if (s < 7'200) return fmt::format("{} min", s / 60);
    return fmt::format("{} h {} min", s / 3'600, s / 60 % 60);
}

}  // namespace

std::string percent(double ratio) {
    // Never rounded up to what was not reached.
    const double cut = std::floor(ratio * 1e5 + 1e-6) / 1e3;
    return fmt::format("{:.3f} %", cut);
}

std::string known(const ObjectiveReport& report) {
    return slo::describe_coverage({report.elapsed_s, report.covered_s, report.counts});
}

std::string sli_text(const ObjectiveReport& report) {
    const auto ratio = report.counts.good_ratio();
    if (report.verdict == Verdict::no_data) return "no data";
    return ratio ? percent(*ratio) : "no traffic";
}

std::string budget_text(const ObjectiveReport& report) {
    if (!report.spent_share) return "no events";
    return fmt::format("{:.0f} % spent ({} of {:.1f})", *report.spent_share * 100, report.counts.bad(),
                       report.allowed);
}

std::string contract_text(const ObjectiveReport& report) {
    if (!report.objective.sla) return "none";
    const std::string at = percent(report.objective.sla->target);
    if (!report.sla_kept) return fmt::format("not judged ({})", at);
    return *report.sla_kept ? fmt::format("kept ({})", at)
                            : fmt::format("broken ({}): {}", at, report.objective.sla->consequence);
}

std::string verdict_text(const ObjectiveReport& report) {
    switch (report.verdict) {
        case Verdict::met:
            return "met";
        case Verdict::missed:
            return "MISSED";
        case Verdict::no_traffic:
            return "no traffic";
        case Verdict::no_data:
            break;
    }
    return "no data";
}

std::string minute(core::WallTime at) {
    std::string text = core::format_rfc3339(at).substr(0, 16);
    text[10] = ' ';
    return text + " UTC";
}

std::string alert_text(const slo::Alert& alert) {
    return fmt::format("{}, {}, SEV{}: {}", minute(alert.started_at),
                       alert.ended_at ? duration(alert.started_at, *alert.ended_at) : "still firing",
                       int(alert.severity), alert.reason);
}

std::string incident_text(const incidents::Incident& incident) {
    return fmt::format("{}, {}, {}: {}", minute(incident.started_at),
                       incident.resolved_at ? duration(incident.started_at, *incident.resolved_at) : "open",
                       incidents::to_string(incident.severity), incident.title);
}

std::string exclusion_text(const slo::Exclusion& exclusion) {
    return fmt::format("{} to {}: {} ({})", minute(exclusion.from), minute(exclusion.to), exclusion.reason,
                       exclusion.author);
}

std::string title(const Report& report) {
    const int month = std::stoi(report.month.name.substr(5));
    return fmt::format("SLO report of {} {}", months[std::size_t(month - 1)], report.month.name.substr(0, 4));
}

std::string scope(const Report& report) {
    const core::WallTime end{std::chrono::seconds(report.month.span.to_s)};
    return fmt::format("{}, time zone {}. {}", report.month.name, report.month.time_zone,
                       report.made_at < end
                           ? fmt::format("The month is not over: figures up to {}.", minute(report.made_at))
                           : fmt::format("Made on {}.", minute(report.made_at)));
}

}  // namespace qd::reports
