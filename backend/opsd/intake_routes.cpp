#include <charconv>

#include "core/json_fields.hpp"
#include "opsd/intake.hpp"
#include "silences/codec.hpp"

namespace qd::opsd {
namespace {

using core::Errc;
using core::Failure;
using nlohmann::json;
using silences::SilenceId;

bool is_json(std::string_view content_type) {
    return content_type.substr(0, content_type.find(';')) == "application/json" ||
           content_type.starts_with("application/json ");
}

core::Result<http::Response> take_webhook(Intake& intake, const http::Request& request) {
    const auto webhook = alertmanager::decode_webhook(request.body);
    if (!webhook) return Failure(webhook.error());
    const std::string source = intake.source_of(request.query.get_or("source", ""), *webhook);
    const auto received = intake.alerts().receive(*webhook, source);
    if (!received) return Failure(received.error());
    return json_response(200,
                         {{"taken", received->taken}, {"known", received->known}, {"ours", received->ours}});
}

/// As the list has it: with what it matches.
json listed_json(const Intake& intake, const silences::Silence& silence, core::WallTime now) {
    for (const silences::ListedSilence& listed : intake.silences().list())
        if (listed.silence.id == silence.id && listed.silence.source == silence.source)
            return to_json(listed);
    return to_json(silences::ListedSilence{silence, state_at(silence, now), 0, false});
}

core::Result<http::Response> extend(Context& context, Intake& intake, const Call& call) {
    const auto body = core::parse_json(call.request.body);
    if (!body) return Failure(body.error());
    core::JsonFields fields(*body);
    auto ends_at = fields.time("ends_at");
    const auto duration = fields.number("duration_s");
    const std::string reason = fields.text("reason");
    if (ends_at.has_value() == duration.has_value()) fields.refuse("ends_at", "give either it or duration_s");
    if (duration && !(*duration > 0 && *duration <= 366.0 * 86'400))
        fields.refuse("duration_s", "must be above 0 and at most a year");
    if (auto read = fields.finish(); !read) return Failure(read.error());
    const SilenceId id{std::string(call.request.capture("id"))};
    const std::string source = call.request.query.get_or("source", "");
    if (duration) {
        for (const silences::ListedSilence& listed : intake.silences().list())
            if (listed.silence.id == id && (source.empty() || source == listed.silence.source) && !ends_at)
                ends_at = listed.silence.ends_at + std::chrono::milliseconds(std::llround(*duration * 1000));
        if (!ends_at) return core::fail(Errc::not_found, "there is no such silence");
    }
    const auto done = intake.silences().extend(id, source, *ends_at, reason, call.actor.name);
    if (!done) return Failure(done.error());
    return json_response(200, listed_json(intake, *done, context.clock().now()));
}

void add_silence_routes(http::Server& server, Context& context, Intake& intake) {
    context.get(server, "/api/v1/silences", [&intake](const Call&) -> core::Result<http::Response> {
        auto items = json::array();
        for (const silences::ListedSilence& silence : intake.silences().list())
            items.push_back(to_json(silence));
        return list_response(std::move(items));
    });
    context.post(server, "/api/v1/silences", security::Role::responder,
                 [&context, &intake](const Call& call) -> core::Result<http::Response> {
                     const auto body = core::parse_json(call.request.body);
                     if (!body) return Failure(body.error());
                     const core::WallTime now = context.clock().now();
                     auto silence = silences::new_silence_from_json(*body, now);
                     if (!silence) return Failure(silence.error());
                     const auto made = intake.silences().create(std::move(*silence), call.actor.name);
                     if (!made) return Failure(made.error());
                     return json_response(201, listed_json(intake, *made, context.clock().now()));
                 });
    context.post(server, "/api/v1/silences/{id}/extend", security::Role::responder,
                 [&context, &intake](const Call& call) { return extend(context, intake, call); });
    context.del(server, "/api/v1/silences/{id}", security::Role::responder,
                [&context, &intake](const Call& call) -> core::Result<http::Response> {
                    const SilenceId id{std::string(call.request.capture("id"))};
                    const auto done =
                        intake.silences().expire(id, call.request.query.get_or("source", ""),
                                                 call.request.query.get_or("reason", ""), call.actor.name);
                    if (!done) return Failure(done.error());
                    return json_response(200, listed_json(intake, *done, context.clock().now()));
                });
}

core::Result<http::Response> list_changes(Intake& intake, const http::Request& request) {
    const auto number = [&](const char* name, std::int64_t fallback,
                            std::int64_t most) -> core::Result<std::int64_t> {
        const auto text = request.query.get(name);
        if (!text || text->empty()) return fallback;
        std::int64_t value = 0;
        const auto read = std::from_chars(text->data(), text->data() + text->size(), value);
        if (read.ec != std::errc{} || read.ptr != text->data() + text->size() || value < 1 || value > most)
            return core::fail(Errc::invalid_argument, "{} must be between 1 and {}", name, most);
        return value;
    };
    const auto limit = number("limit", 100, 500);
    if (!limit) return Failure(limit.error());
    const auto cursor = number("cursor", 0, INT64_MAX);
    if (!cursor) return Failure(cursor.error());
    // One more than asked for tells whether there is a next page.
    auto changes = intake.changes().list(std::size_t(*limit) + 1, *cursor);
    if (!changes) return Failure(changes.error());
    std::optional<std::string> next;
    if (changes->size() > std::size_t(*limit)) {
        changes->pop_back();
        next = std::to_string(changes->back().seq);
    }
    auto items = json::array();
    for (const SiteChange& change : *changes) items.push_back(to_json(change));
    return list_response(std::move(items), std::move(next));
}

}  // namespace

void add_intake_routes(http::Server& server, Context& context, Intake& intake) {
    http::RouteOptions large;
    large.memory_limit_bytes = large.body_limit_bytes = alertmanager::max_body_bytes;
    // Repetitions are known by their alerts, not by a key.
    server.route_blocking(
        http::Method::post, "/api/v1/alertmanager/webhook",
        [&context, &intake](const http::Request& request) {
            const auto actor = context.authorize(request, security::Role::responder);
            if (!actor) return http::problem(actor.error(), request.request_id);
            if (!is_json(request.headers.get("Content-Type")))
                return http::problem(415, "Alertmanager's webhook is application/json", request.request_id);
            auto response = take_webhook(intake, request);
            return response ? std::move(*response) : http::problem(response.error(), request.request_id);
        },
        std::move(large));
    context.get(server, "/api/v1/alertmanagers", [&intake](const Call&) -> core::Result<http::Response> {
        auto items = json::array();
        for (const AlertmanagerView& view : intake.poll().list())
            items.push_back({{"name", view.name},
                             {"url", view.url},
                             {"answered_at", core::json_time(view.answered_at)},
                             {"error", view.error.empty() ? json(nullptr) : json(view.error)}});
        return list_response(std::move(items));
    });
    context.get(server, "/api/v1/alerts/all", [&intake](const Call&) -> core::Result<http::Response> {
        auto items = json::array();
        for (const silences::Alert& alert : intake.alerts().list()) items.push_back(to_json(alert));
        return list_response(std::move(items));
    });
    add_silence_routes(server, context, intake);
    context.get(server, "/api/v1/changes", [&intake](const Call& call) -> core::Result<http::Response> {
        return list_changes(intake, call.request);
    });
    context.post(server, "/api/v1/changes", security::Role::responder,
                 [&context, &intake](const Call& call) -> core::Result<http::Response> {
                     const auto body = core::parse_json(call.request.body);
                     if (!body) return Failure(body.error());
                     auto change = site_change_from_json(*body, context.clock().now());
                     if (!change) return Failure(change.error());
                     change->actor = call.actor.name;
                     const auto added = intake.changes().add(std::move(*change));
                     if (!added) return Failure(added.error());
                     return json_response(201, to_json(*added));
                 });
}

}  // namespace qd::opsd
