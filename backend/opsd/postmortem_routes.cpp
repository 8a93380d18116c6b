#include "opsd/postmortem_routes.hpp"

#include <algorithm>

#include "postmortems/compile.hpp"
#include "postmortems/export.hpp"

namespace qd::opsd {
namespace {

using incidents::EventKind;
using incidents::IncidentId;

constexpr std::chrono::minutes around{2};
constexpr int chart_points = 480;
constexpr std::size_t most_objectives = 6;

/// An alert's id begins with its objective's.
bool concerns(const slo::Status& status, const std::vector<incidents::Event>& events) {
    const std::string prefix = status.objective.id.value + ".";
    return std::ranges::any_of(events, [&](const incidents::Event& event) {
        return (event.kind == EventKind::alert || event.kind == EventKind::opened) &&
               event.body.subject.starts_with(prefix);
    });
}

postmortems::ObjectiveCost cost_of(const Context& context, const slo::Status& status, core::WallTime from,
                                   core::WallTime to) {
    postmortems::ObjectiveCost cost;
    cost.id = status.objective.id.value;
    cost.title = status.objective.title;
    cost.objective = status.objective.target;
    cost.budget_remaining = status.budget.remaining;
    const auto history = context.slo_history(status.objective.id, from - around,
                                             std::min(to + around, context.clock().now()), chart_points);
    if (!history) return cost;
    cost.series.title = cost.title;
    cost.series.objective = cost.objective;
    cost.series.step_s = double(history->step_s);
    for (const slo::HistoryPoint& point : history->points) {
        cost.series.points.push_back({point.at, double(point.counts.good), double(point.counts.total)});
        if (point.at + std::chrono::seconds(history->step_s) <= from || point.at > to) continue;
        cost.good += double(point.counts.good);
        cost.total += double(point.counts.total);
    }
    if (status.budget.allowed > 0) cost.budget_spent = (cost.total - cost.good) / status.budget.allowed;
    return cost;
}

}  // namespace

postmortems::Figures measure_figures(const Context& context, const incidents::Incident& incident,
                                     const std::vector<incidents::Event>& events) {
    postmortems::Figures figures;
    if (!context.slo_statuses || !context.slo_history) return figures;
    const core::WallTime from = incident.started_at;
    const core::WallTime to = std::max(from, incident.mitigated_at.value_or(context.clock().now()));
    figures.measured_from = from;
    figures.measured_to = to;
    const std::vector<slo::Status> statuses = context.slo_statuses();
    const bool by_alert =
        std::ranges::any_of(statuses, [&](const slo::Status& status) { return concerns(status, events); });
    for (const slo::Status& status : statuses) {
        const bool wanted =
            by_alert ? concerns(status, events) : status.objective.service == incident.service;
        if (wanted && figures.objectives.size() < most_objectives)
            figures.objectives.push_back(cost_of(context, status, from, to));
    }
    return figures;
}

void add_postmortem_routes(http::Server& server, Context& context, const incidents::IncidentDesk& desk) {
    context.get(
        server, "/api/v1/incidents/{id}/postmortem",
        [&context, &desk](const Call& call) -> core::Result<http::Response> {
            const IncidentId id{std::string(call.request.capture("id"))};
            const std::string format = call.request.query.get_or("format", "md");
            if (format != "md" && format != "json" && format != "html")
                return core::fail(core::Errc::invalid_argument, "format: is md, json or html");
            const auto incident = desk.get(id);
            if (!incident) return core::Failure(incident.error());
            const auto events = desk.timeline(id);
            if (!events) return core::Failure(events.error());
            const auto document =
                postmortems::compile(*incident, *events, measure_figures(context, *incident, *events));
            if (format == "json") return http::Response::json(200, postmortems::to_json_text(document));
            if (format == "html")
                return http::Response::text(200, postmortems::to_html(document), "text/html; charset=utf-8");
            return http::Response::text(200, postmortems::to_markdown(document),
                                        "text/markdown; charset=utf-8");
        });
}

}  // namespace qd::opsd
