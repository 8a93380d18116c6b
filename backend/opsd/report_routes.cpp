#include "opsd/report_routes.hpp"

#include "reports/report.hpp"

namespace qd::opsd {
namespace {

core::Result<reports::Report> report_of(const http::Request& request, core::WallTime now,
                                        const Monitor& monitor, const timeseries::Store& store,
                                        const ExclusionDesk& exclusions,
                                        const incidents::IncidentDesk& incidents) {
    const std::string this_month = core::format_rfc3339(now).substr(0, 7);
    const auto month = reports::month_of(request.query.get_or("month", this_month),
                                         request.query.get_or("time_zone", "UTC"));
    if (!month) return core::Failure(month.error());
    const auto objectives = store.objectives();
    std::vector<slo::Past> pasts;
    for (const slo::Objective& objective : objectives) {
        auto past = store.past(objective.id, month->span.from_s, month->span.to_s);
        if (!past) return core::Failure(past.error());
        pasts.push_back(std::move(*past));
    }
    std::vector<reports::Material> materials;
    for (std::size_t i = 0; i < pasts.size(); ++i) materials.push_back({objectives[i], pasts[i]});
    return reports::compile(*month, now, materials, monitor.alerts(), exclusions.list(), incidents.list());
}

}  // namespace

void add_report_routes(http::Server& server, Context& context, const Monitor& monitor,
                       const timeseries::Store& store, const ExclusionDesk& exclusions,
                       const incidents::IncidentDesk& incidents) {
    context.get(
        server, "/api/v1/reports/slo",
        [&context, &monitor, &store, &exclusions,
         &incidents](const Call& call) -> core::Result<http::Response> {
            const std::string format = call.request.query.get_or("format", "md");
            if (format != "md" && format != "json" && format != "html")
                return core::fail(core::Errc::invalid_argument, "format: is md, json or html");
            const auto report =
                report_of(call.request, context.clock().now(), monitor, store, exclusions, incidents);
            if (!report) return core::Failure(report.error());
            if (format == "json") return http::Response::json(200, reports::to_json_text(*report));
            if (format == "html")
                return http::Response::text(200, reports::to_html(*report), "text/html; charset=utf-8");
            return http::Response::text(200, reports::to_markdown(*report), "text/markdown; charset=utf-8");
        });
}

}  // namespace qd::opsd
