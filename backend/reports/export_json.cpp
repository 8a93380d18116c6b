#include <nlohmann/json.hpp>

#include "reports/report.hpp"
#include "slo/codec.hpp"

namespace qd::reports {
namespace {

using nlohmann::json;

json time_of(std::int64_t at_s) {
    return core::format_rfc3339(core::WallTime(std::chrono::seconds(at_s)));
}

json objective_json(const ObjectiveReport& one) {
    json days = json::array();
    for (const Day& day : one.days)
        days.push_back({{"from", time_of(day.from_s)},
                        {"good", day.counts.good},
                        {"total", day.counts.total},
                        {"covered_s", day.covered_s}});
    json alerts = json::array(), exclusions = json::array();
    for (const slo::Alert& alert : one.alerts) alerts.push_back(slo::to_json(alert));
    for (const slo::Exclusion& exclusion : one.exclusions) exclusions.push_back(slo::to_json(exclusion));
    json value{{"id", one.objective.id.value},
               {"title", one.objective.title},
               {"objective_percent", one.objective.target * 100},
               {"verdict", to_string(one.verdict)},
               {"good", one.counts.good},
               {"total", one.counts.total},
               {"covered_s", one.covered_s},
               {"elapsed_s", one.elapsed_s},
               {"allowed", one.allowed},
               {"days", std::move(days)},
               {"alerts", std::move(alerts)},
               {"exclusions", std::move(exclusions)},
               {"excluded", {{"good", one.excluded.good}, {"total", one.excluded.total}}}};
    const auto ratio = one.counts.good_ratio();
    value["sli"] = ratio ? json(*ratio) : json(nullptr);
    value["spent_share"] = one.spent_share ? json(*one.spent_share) : json(nullptr);
    value["sla_kept"] = one.sla_kept ? json(*one.sla_kept) : json(nullptr);
    return value;
}

}  // namespace

std::string to_json_text(const Report& report) {
    json objectives = json::array(), incidents = json::array();
    for (const ObjectiveReport& one : report.objectives) objectives.push_back(objective_json(one));
    for (const incidents::Incident& incident : report.incidents)
        incidents.push_back({{"id", incident.id.value},
                             {"title", incident.title},
                             {"severity", int(incident.severity)},
                             {"started_at", core::format_rfc3339(incident.started_at)}});
    return json{{"schema", 1},
                {"month", report.month.name},
                {"time_zone", report.month.time_zone},
                {"from", time_of(report.month.span.from_s)},
                {"to", time_of(report.month.span.to_s)},
                {"made_at", core::format_rfc3339(report.made_at)},
                {"objectives", std::move(objectives)},
                {"incidents", std::move(incidents)}}
               .dump(1) +
           "\n";
}

}  // namespace qd::reports
