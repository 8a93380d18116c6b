#include "opsd/postmortem_figures.hpp"

#include <algorithm>

#include "postmortems/frozen.hpp"
#include "timeseries/past.hpp"

namespace qd::opsd {
namespace {

using incidents::EventKind;

constexpr std::chrono::minutes around{2};
constexpr int chart_points = 480;
constexpr std::size_t most_objectives = 6;

/// An alert's id begins with its objective's.
bool alerted(const slo::SloId& id, const std::vector<incidents::Event>& events) {
    const std::string prefix = id.value + ".";
    return std::ranges::any_of(events, [&](const incidents::Event& event) {
        return (event.kind == EventKind::alert || event.kind == EventKind::opened) &&
               event.body.subject.starts_with(prefix);
    });
}

/// The first of those whose alerts are in the journal, else of those of the service.
std::vector<slo::Objective> concerned(const std::vector<slo::Objective>& objectives,
                                      const incidents::Incident& incident,
                                      const std::vector<incidents::Event>& events) {
    std::vector<slo::Objective> by_alert, by_service;
    for (const slo::Objective& objective : objectives) {
        if (alerted(objective.id, events)) by_alert.push_back(objective);
        if (objective.service == incident.service) by_service.push_back(objective);
    }
    std::vector<slo::Objective> chosen = by_alert.empty() ? std::move(by_service) : std::move(by_alert);
    if (chosen.size() > most_objectives) chosen.erase(chosen.begin() + most_objectives, chosen.end());
    return chosen;
}

postmortems::ObjectiveCost cost_of(const slo::Objective& objective) {
    postmortems::ObjectiveCost cost;
    cost.id = objective.id.value;
    cost.title = objective.title;
    cost.unit = slo::unit_of(objective);
    cost.objective = objective.target;
    cost.series.title = cost.title;
    cost.series.objective = cost.objective;
    return cost;
}

void add_point(postmortems::ObjectiveCost& cost, core::WallTime at, std::int64_t step_s,
               const slo::Counts& counts, core::WallTime from, core::WallTime to) {
    cost.series.points.push_back({at, double(counts.good), double(counts.total)});
    if (at + std::chrono::seconds(step_s) <= from || at > to) return;
    cost.good += double(counts.good);
    cost.total += double(counts.total);
}

std::int64_t whole_seconds(core::WallTime at) {
    return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

}  // namespace

postmortems::Figures measure_figures(const Context& context, const incidents::Incident& incident,
                                     const std::vector<incidents::Event>& events) {
    postmortems::Figures figures;
    if (context.slo_statuses && context.slo_history) {
        const core::WallTime from = incident.started_at;
        const core::WallTime to = std::max(from, incident.mitigated_at.value_or(context.clock().now()));
        figures.measured_from = from;
        figures.measured_to = to;
        const std::vector<slo::Status> statuses = context.slo_statuses();
        std::vector<slo::Objective> objectives;
        for (const slo::Status& status : statuses) objectives.push_back(status.objective);
        for (const slo::Objective& objective : concerned(objectives, incident, events)) {
            postmortems::ObjectiveCost cost = cost_of(objective);
            const auto status = std::ranges::find(statuses, objective.id,
                                                  [](const slo::Status& each) { return each.objective.id; });
            cost.budget_remaining = status->budget.remaining;
            const auto history = context.slo_history(
                objective.id, from - around, std::min(to + around, context.clock().now()), chart_points);
            if (history) {
                cost.series.step_s = double(history->step_s);
                for (const slo::HistoryPoint& point : history->points)
                    add_point(cost, point.at, history->step_s, point.counts, from, to);
                if (status->budget.allowed > 0)
                    cost.budget_spent = (cost.total - cost.good) / status->budget.allowed;
            }
            figures.objectives.push_back(std::move(cost));
        }
    }
    postmortems::add_frozen(figures, events);
    return figures;
}

postmortems::Figures stored_figures(const std::filesystem::path& data,
                                    const std::vector<slo::Objective>& objectives,
                                    const incidents::Incident& incident,
                                    const std::vector<incidents::Event>& events, core::WallTime now) {
    postmortems::Figures figures;
    const core::WallTime from = incident.started_at;
    const core::WallTime to = std::max(from, incident.mitigated_at.value_or(now));
    const auto counters = timeseries::PastFile::open(data / "db" / "counters.sqlite");
    if (!counters) {
        figures.missing = "Figures are not available: " + counters.error().message + ".";
    } else {
        figures.measured_from = from;
        figures.measured_to = to;
        for (const slo::Objective& objective : concerned(objectives, incident, events)) {
            postmortems::ObjectiveCost cost = cost_of(objective);
            const auto past =
                counters->past(objective, whole_seconds(from - around), whole_seconds(to + around) + 1);
            if (!past) {
                figures.missing = fmt::format("Figures of {} are not available: {}.", objective.title,
                                              past.error().message);
                continue;
            }
            for (const slo::PastCell& cell : past->cells) {
                cost.series.step_s = std::max(cost.series.step_s, double(cell.step_s));
                add_point(cost, core::WallTime(std::chrono::seconds(cell.at_s)), cell.step_s, cell.counts,
                          from, to);
            }
            figures.objectives.push_back(std::move(cost));
        }
        if (figures.objectives.empty() && figures.missing.empty())
            figures.missing =
                "Figures are not available: no objective of the definitions at hand concerns it; pass "
                "--slos.";
    }
    postmortems::add_frozen(figures, events);
    return figures;
}

}  // namespace qd::opsd
