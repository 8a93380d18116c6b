#include <charconv>

#include "core/json_fields.hpp"
#include "opsd/incident_detail_routes.hpp"
#include "opsd/site_logs.hpp"

namespace qd::opsd {
namespace {

using core::Errc;
using core::Failure;

constexpr std::size_t lines_by_default = 1'000;
constexpr std::chrono::minutes margin{1};

core::Result<std::size_t> limit_of(const http::Request& request) {
    const auto text = request.query.get("limit");
    if (!text || text->empty()) return lines_by_default;
    std::size_t limit = 0;
    const auto read = std::from_chars(text->data(), text->data() + text->size(), limit);
    if (read.ec != std::errc{} || read.ptr != text->data() + text->size() || limit == 0 ||
        limit > max_log_lines)
        return core::fail(Errc::invalid_argument, "limit must be between 1 and {}", max_log_lines);
    return limit;
}

core::Result<core::WallTime> time_of(const http::Request& request, const char* name,
                                     core::WallTime fallback) {
    const auto text = request.query.get(name);
    if (!text || text->empty()) return fallback;
    const auto at = core::parse_rfc3339(*text);
    if (!at) return core::fail_with_context(name, at.error());
    return *at;
}

}  // namespace

void add_log_routes(http::Server& server, Context& context, incidents::IncidentDesk& desk,
                    std::filesystem::path folder) {
    context.get(
        server, "/api/v1/incidents/{id}/logs",
        [&context, &desk, folder = std::move(folder)](const Call& call) -> core::Result<http::Response> {
            const incidents::IncidentId id{std::string(call.request.capture("id"))};
            const auto incident = desk.get(id);
            if (!incident) return Failure(incident.error());
            const auto limit = limit_of(call.request);
            if (!limit) return Failure(limit.error());
            const auto from = time_of(call.request, "from", incident->started_at - margin);
            if (!from) return Failure(from.error());
            const auto end = incident->resolved_at.value_or(context.clock().now());
            const auto to = time_of(call.request, "to", end + margin);
            if (!to) return Failure(to.error());
            if (*from >= *to) return core::fail(Errc::invalid_argument, "from must be before to");
            const auto excerpt = read_logs(folder, *from, *to, *limit);
            if (!excerpt) return Failure(excerpt.error());
            auto items = nlohmann::json::array();
            for (const LogLine& line : excerpt->lines)
                items.push_back({{"at", core::format_rfc3339(line.at)},
                                 {"level", line.error ? "error" : "warning"},
                                 {"service", line.service},
                                 {"instance", line.instance},
                                 {"message", line.message}});
            return json_response(200,
                                 {{"items", std::move(items)}, {"next", nullptr}, {"cut", excerpt->cut}});
        });
}

}  // namespace qd::opsd
