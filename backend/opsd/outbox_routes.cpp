#include "opsd/outbox_routes.hpp"

#include <charconv>

#include "core/json_fields.hpp"

namespace qd::opsd {
namespace {

core::Result<std::uint64_t> number_of(const http::Request& request, const char* name, std::uint64_t fallback,
                                      std::uint64_t most) {
    const auto text = request.query.get(name);
    if (!text || text->empty()) return fallback;
    std::uint64_t value = 0;
    const auto read = std::from_chars(text->data(), text->data() + text->size(), value);
    if (read.ec != std::errc{} || read.ptr != text->data() + text->size() || value < 1 || value > most)
        return core::fail(core::Errc::invalid_argument, "{} must be between 1 and {}", name, most);
    return value;
}

nlohmann::json entry_json(const notify::Entry& entry) {
    nlohmann::json value{{"id", entry.id},
                         {"destination", entry.destination},
                         {"state", notify::to_string(entry.state)},
                         {"attempts", entry.attempts},
                         {"deliveries", entry.deliveries},
                         {"created_at", core::format_rfc3339(entry.created_at)},
                         {"next_attempt_at", core::json_time(entry.next_attempt_at)},
                         {"accepted_at", core::json_time(entry.accepted_at)},
                         {"last_error", nullptr},
                         {"alert", notify::to_json(entry.notice)}};
    if (!entry.last_error.empty()) value["last_error"] = entry.last_error;
    return value;
}

}  // namespace

notify::Notice notice_of(const slo::Alert& alert) {
    notify::Notice notice;
    notice.alert_id = alert.id.value;
    notice.phase = alert.state == slo::AlertState::firing ? notify::Phase::firing : notify::Phase::resolved;
    notice.slo = alert.slo_id.value;
    notice.service = alert.service;
    notice.row = fmt::format("{}s/{}s", alert.row.short_s, alert.row.long_s);
    notice.severity = int(alert.severity);
    notice.starts_at = alert.started_at;
    if (notice.phase == notify::Phase::resolved) notice.ends_at = alert.ended_at.value_or(alert.started_at);
    notice.summary = fmt::format("{}: the error budget burns too fast", alert.slo_title);
    notice.description = alert.reason;
    return notice;
}

void add_outbox_routes(http::Server& server, Context& context, const notify::Outbox& outbox) {
    context.get(server, "/api/v1/outbox", [&outbox](const Call& call) -> core::Result<http::Response> {
        std::optional<notify::EntryState> state;
        if (const auto text = call.request.query.get("state"); text && !text->empty()) {
            state = notify::parse_entry_state(*text);
            if (!state)
                return core::fail(core::Errc::invalid_argument,
                                  "state must be queued, sending, sent or failed");
        }
        const auto limit = number_of(call.request, "limit", 100, 500);
        if (!limit) return core::Failure(limit.error());
        const auto cursor = number_of(call.request, "cursor", 0, INT64_MAX);
        if (!cursor) return core::Failure(cursor.error());
        // One more than asked for tells whether there is a next page.
        auto entries = outbox.list(state, *limit + 1, *cursor);
        if (!entries) return core::Failure(entries.error());
        std::optional<std::string> next;
        if (entries->size() > *limit) {
            entries->pop_back();
            next = std::to_string(entries->back().id);
        }
        auto items = nlohmann::json::array();
        for (const notify::Entry& entry : *entries) items.push_back(entry_json(entry));
        return list_response(std::move(items), std::move(next));
    });
}

}  // namespace qd::opsd
