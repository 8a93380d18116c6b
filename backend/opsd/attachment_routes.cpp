#include <algorithm>

#include "core/json_fields.hpp"
#include "incidents/codec.hpp"
#include "opsd/incident_detail_routes.hpp"

namespace qd::opsd {
namespace {

using core::Errc;
using core::Failure;
using incidents::EventKind;
using incidents::IncidentId;

std::uint64_t attached_bytes(const std::vector<incidents::Event>& events) {
    std::uint64_t sum = 0;
    for (const incidents::Event& event : events)
        if (event.kind == EventKind::attachment) sum += event.body.bytes.value_or(0);
    return sum;
}

core::Result<http::Response> attach(const Call& call, incidents::IncidentDesk& desk,
                                    const AttachmentStore& store) {
    const IncidentId id{std::string(call.request.capture("id"))};
    const auto events = desk.timeline(id);
    if (!events) return Failure(events.error());
    const std::string& bytes = call.request.body;
    if (attached_bytes(*events) + bytes.size() > max_attachments_bytes)
        return core::fail(Errc::too_large, "the files of one incident have at most {} bytes",
                          max_attachments_bytes);
    incidents::EventBody body;
    body.title = safe_file_name(call.request.query.get_or("name", ""));
    body.text = call.request.query.get_or("text", "");
    body.unit = sniff_media_type(bytes);
    body.bytes = bytes.size();
    body.subject = sha256_of(bytes);
    if (auto fits = incidents::check_body(EventKind::attachment, body); !fits) return Failure(fits.error());
    if (auto stored = store.put(bytes); !stored) return Failure(stored.error());
    const auto done = desk.record(id, EventKind::attachment, std::move(body), call.actor.name, "api");
    if (!done) return Failure(done.error());
    return json_response(201, to_json(done->event), done->incident.version);
}

core::Result<http::Response> hand_out(const Call& call, incidents::IncidentDesk& desk,
                                      const AttachmentStore& store) {
    const std::string sha256(call.request.capture("sha256"));
    const auto events = desk.timeline(IncidentId(std::string(call.request.capture("id"))));
    if (!events) return Failure(events.error());
    const auto named = std::ranges::find_if(*events, [&](const incidents::Event& event) {
        return event.kind == EventKind::attachment && event.body.subject == sha256;
    });
    if (named == events->end())
        return core::fail(Errc::not_found, "no file of that name is attached to this incident");
    auto bytes = store.get(sha256);
    if (!bytes) return Failure(bytes.error());
    http::Response response = http::Response::text(200, std::move(*bytes), named->body.unit);
    // RFC 6266 and RFC 8187; the sandbox is for whoever opens it in a browser all the same.
    response.headers.set("Content-Disposition",
                         "attachment; filename*=UTF-8''" + http::percent_encode(named->body.title));
    response.headers.set("X-Content-Type-Options", "nosniff");
    response.headers.set("Content-Security-Policy", "default-src 'none'; sandbox");
    response.headers.set("ETag", "\"" + sha256 + "\"");
    return response;
}

}  // namespace

void add_attachment_routes(http::Server& server, Context& context, incidents::IncidentDesk& desk,
                           const AttachmentStore& store) {
    context.post(
        server, "/api/v1/incidents/{id}/attachments", security::Role::responder,
        [&desk, &store](const Call& call) { return attach(call, desk, store); }, max_attachment_bytes);
    context.get(server, "/api/v1/incidents/{id}/attachments/{sha256}",
                [&desk, &store](const Call& call) { return hand_out(call, desk, store); });
}

}  // namespace qd::opsd
