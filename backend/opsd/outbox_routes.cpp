#include "opsd/outbox_routes.hpp"

#include <algorithm>
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

nlohmann::json text_or_null(const std::string& text) {
    return text.empty() ? nlohmann::json(nullptr) : nlohmann::json(text);
}

nlohmann::json entry_json(const notify::Entry& entry, const std::vector<notify::Destination>& destinations) {
    const auto* notice = std::get_if<notify::Notice>(&entry.message);
    const auto* announcement = std::get_if<notify::Announcement>(&entry.message);
    const auto destination = std::ranges::find(destinations, entry.destination, &notify::Destination::name);
    nlohmann::json value{{"id", entry.id},
                         {"destination", entry.destination},
                         {"kind", nullptr},
                         {"state", notify::to_string(entry.state)},
                         {"attempts", entry.attempts},
                         {"deliveries", entry.deliveries},
                         {"created_at", core::format_rfc3339(entry.created_at)},
                         {"next_attempt_at", core::json_time(entry.next_attempt_at)},
                         {"accepted_at", core::json_time(entry.accepted_at)},
                         {"ended_at", core::json_time(entry.ended_at)},
                         {"last_error", text_or_null(entry.last_error)},
                         {"type", notify::type_of(entry.message)},
                         {"incident", text_or_null(notify::incident_of(entry.message))},
                         {"audience", text_or_null(announcement ? announcement->audience : "")},
                         {"title", notify::letter_of(entry.message).title},
                         {"alert", notice ? notify::to_json(*notice) : nlohmann::json(nullptr)}};
    if (destination != destinations.end()) value["kind"] = notify::to_string(destination->kind);
    return value;
}

core::Result<std::uint64_t> id_of(const Call& call) {
    const std::string_view text = call.request.capture("id");
    std::uint64_t id = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), id);
    if (text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size() || id > INT64_MAX)
        return core::fail(core::Errc::not_found, "the outbox has no entry '{}'", text);
    return id;
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

void add_outbox_routes(http::Server& server, Context& context, notify::Outbox& outbox,
                       notify::Notifier& notifier) {
    context.get(server, "/api/v1/outbox", [&](const Call& call) -> core::Result<http::Response> {
        std::optional<notify::EntryState> state;
        if (const auto text = call.request.query.get("state"); text && !text->empty()) {
            state = notify::parse_entry_state(*text);
            if (!state)
                return core::fail(core::Errc::invalid_argument,
                                  "state must be queued, sending, sent, failed or dropped");
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
        for (const notify::Entry& entry : *entries)
            items.push_back(entry_json(entry, notifier.destinations()));
        const auto counts = outbox.counts();
        if (!counts) return core::Failure(counts.error());
        return json_response(200, {{"items", std::move(items)},
                                   {"counts",
                                    {{"queued", counts->queued},
                                     {"sending", counts->sending},
                                     {"sent", counts->sent},
                                     {"failed", counts->failed},
                                     {"dropped", counts->dropped}}},
                                   {"next", next ? nlohmann::json(*next) : nlohmann::json(nullptr)}});
    });
    const auto answer =
        [&notifier](const core::Result<notify::Entry>& entry) -> core::Result<http::Response> {
        if (!entry) return core::Failure(entry.error());
        return json_response(200, entry_json(*entry, notifier.destinations()));
    };
    context.post(server, "/api/v1/outbox/{id}/retry", security::Role::responder,
                 [&notifier, answer](const Call& call) -> core::Result<http::Response> {
                     const auto id = id_of(call);
                     if (!id) return core::Failure(id.error());
                     return answer(notifier.try_again(*id));
                 });
    context.del(server, "/api/v1/outbox/{id}", security::Role::responder,
                [&notifier, answer](const Call& call) -> core::Result<http::Response> {
                    const auto id = id_of(call);
                    if (!id) return core::Failure(id.error());
                    return answer(notifier.drop(*id, call.actor.name));
                });
}

}  // namespace qd::opsd
