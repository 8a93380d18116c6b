#include <atomic>
#include <charconv>
#include <memory>

#include "core/json_fields.hpp"
#include "opsd/incident_detail_routes.hpp"
#include "opsd/log_search.hpp"
#include "opsd/site_logs.hpp"

namespace qd::opsd {
namespace {

using core::Errc;
using core::Failure;

constexpr std::size_t lines_by_default = 1'000;
constexpr std::chrono::minutes margin{1};
constexpr std::size_t found_by_default = 200;
constexpr std::chrono::hours searched_by_default{1};
constexpr int searches_at_once = 2;  // of the server's four workers

core::Result<std::size_t> limit_of(const http::Request& request, std::size_t by_default, std::size_t most) {
    const auto text = request.query.get("limit");
    if (!text || text->empty()) return by_default;
    std::size_t limit = 0;
    const auto read = std::from_chars(text->data(), text->data() + text->size(), limit);
    if (read.ec != std::errc{} || read.ptr != text->data() + text->size() || limit == 0 || limit > most)
        return core::fail(Errc::invalid_argument, "limit must be between 1 and {}", most);
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

core::Result<http::Response> find_request(const http::Request& request, const std::filesystem::path& folder,
                                          const core::Clock& clock) {
    LogQuery query;
    query.trace_id = request.query.get_or("trace", "");
    query.request_id = request.query.get_or("request", "");
    const auto limit = limit_of(request, found_by_default, max_found_lines);
    if (!limit) return Failure(limit.error());
    query.limit = *limit;
    const core::WallTime now = clock.now();
    // A minute into what is to come: other hosts' clocks may be ahead.
    const auto to = time_of(request, "to", now + margin);
    if (!to) return Failure(to.error());
    query.to = *to;
    const auto from = time_of(request, "from", *to - searched_by_default);
    if (!from) return Failure(from.error());
    query.from = *from;
    const auto findings = search_logs(folder, query, clock);
    if (!findings) return Failure(findings.error());
    return json_response(200, to_json(*findings));
}

/// Reading through gigabytes must not take all of the server's workers.
class Turnstile {
public:
    explicit Turnstile(std::atomic<int>& inside) : inside_(inside), open_(++inside <= searches_at_once) {}
    ~Turnstile() { --inside_; }
    Turnstile(const Turnstile&) = delete;
    Turnstile& operator=(const Turnstile&) = delete;
    explicit operator bool() const { return open_; }

private:
    std::atomic<int>& inside_;
    const bool open_;
};

}  // namespace

void add_log_routes(http::Server& server, Context& context, incidents::IncidentDesk& desk,
                    std::filesystem::path folder) {
    context.get(
        server, "/api/v1/logs",
        [&context, folder,
         inside = std::make_shared<std::atomic<int>>(0)](const Call& call) -> core::Result<http::Response> {
            const Turnstile turnstile(*inside);
            if (!turnstile)
                return core::fail(Errc::unavailable, "{} searches are under way already; try again shortly",
                                  searches_at_once);
            return find_request(call.request, folder, context.clock());
        });
    context.get(
        server, "/api/v1/incidents/{id}/logs",
        [&context, &desk, folder = std::move(folder)](const Call& call) -> core::Result<http::Response> {
            const incidents::IncidentId id{std::string(call.request.capture("id"))};
            const auto incident = desk.get(id);
            if (!incident) return Failure(incident.error());
            const auto limit = limit_of(call.request, lines_by_default, max_log_lines);
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
