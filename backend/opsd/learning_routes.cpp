#include "learning/codec.hpp"
#include "opsd/learning_desk.hpp"
#include "opsd/time_span.hpp"

#include <nlohmann/json.hpp>

namespace qd::opsd {
namespace {

constexpr std::int64_t default_s = 30 * 86'400;
constexpr std::chrono::days longest{400};

core::Result<learning::Query> query_of(const http::Request& request, core::WallTime now) {
    const auto span = span_of(request, now, default_s);
    if (!span) return core::Failure(span.error());
    if (span->to - span->from > longest)
        return core::fail(core::Errc::invalid_argument, "a report is of at most {} days", longest.count());
    learning::Query query{span->from, span->to, request.query.get_or("service", ""), {}};
    if (query.service.size() > 200)
        return core::fail(core::Errc::invalid_argument, "service: is longer than 200 bytes");
    if (const std::string severity = request.query.get_or("severity", ""); !severity.empty()) {
        query.severity = severity.size() == 1 ? incidents::severity_from(severity[0] - '0') : std::nullopt;
        if (!query.severity) return core::fail(core::Errc::invalid_argument, "severity: is 1, 2, 3 or 4");
    }
    return query;
}

}  // namespace

void add_learning_routes(http::Server& server, Context& context, LearningDesk& desk) {
    context.get(server, "/api/v1/learning",
                [&context, &desk](const Call& call) -> core::Result<http::Response> {
                    const std::string format = call.request.query.get_or("format", "json");
                    if (format != "json" && format != "csv")
                        return core::fail(core::Errc::invalid_argument, "format: is json or csv");
                    const auto query = query_of(call.request, context.clock().now());
                    if (!query) return core::Failure(query.error());
                    const learning::Report report = desk.report(*query);
                    if (format == "json") return json_response(200, learning::to_json(report));
                    http::Response response =
                        http::Response::text(200, learning::to_csv(report), "text/csv; charset=utf-8");
                    response.headers.set("Content-Disposition", "attachment; filename=\"learning.csv\"");
                    return response;
                });
}

}  // namespace qd::opsd
