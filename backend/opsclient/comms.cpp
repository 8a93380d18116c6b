#include "opsclient/comms.hpp"

#include "core/json_fields.hpp"

namespace qd::opsclient {
namespace {

using nlohmann::json;

std::string required_text(core::JsonFields& fields, const char* key) {
    if (!fields.find(key)) fields.refuse(key, "is missing");
    return fields.text(key);
}

std::vector<Recipient> recipients(core::JsonFields& fields, const char* key) {
    std::vector<Recipient> list;
    for (const json& value : fields.array(key, 50)) {
        core::JsonFields entry(value);
        list.push_back({required_text(entry, "name"), entry.text("kind")});
        fields.merge(key, entry.finish());
    }
    return list;
}

}  // namespace

core::Result<Audience> audience_from_json(const json& value) {
    core::JsonFields fields(value);
    Audience audience;
    audience.name = required_text(fields, "name");
    audience.title = required_text(fields, "title");
    audience.destinations = recipients(fields, "destinations");
    return fields.finish(std::move(audience));
}

core::Result<StatusDraft> status_draft_from_json(const json& value) {
    core::JsonFields fields(value);
    StatusDraft draft;
    draft.audience = required_text(fields, "audience");
    draft.title = required_text(fields, "title");
    draft.text = required_text(fields, "text");
    draft.destinations = recipients(fields, "destinations");
    draft.last_update_at = fields.time("last_update_at");
    draft.next_update_due = fields.time("next_update_due");
    draft.interval_s = fields.count("interval_s");
    draft.based_on = fields.need("based_on", fields.count("based_on"));
    return fields.finish(std::move(draft));
}

core::Result<StatusPosted> status_posted_from_json(const json& value) {
    core::JsonFields fields(value);
    StatusPosted posted;
    core::JsonFields event(fields.object("event"));
    posted.seq = event.need("seq", event.count("seq"));
    fields.merge("event", event.finish());
    posted.queued = recipients(fields, "queued");
    posted.note = required_text(fields, "note");
    return fields.finish(std::move(posted));
}

core::Result<StatusOwed> status_owed_from_json(const json& value) {
    core::JsonFields fields(value);
    StatusOwed owed;
    owed.incident = required_text(fields, "incident");
    owed.audience = required_text(fields, "audience");
    owed.last_update_at = fields.time("last_update_at");
    owed.next_update_due = fields.required_time("next_update_due");
    return fields.finish(std::move(owed));
}

core::Result<OutboxEntry> outbox_entry_from_json(const json& value) {
    core::JsonFields fields(value);
    OutboxEntry entry;
    entry.id = fields.need("id", fields.count("id"));
    entry.destination = required_text(fields, "destination");
    entry.kind = fields.text("kind");
    entry.state = required_text(fields, "state");
    entry.attempts = fields.need("attempts", fields.count("attempts"));
    entry.created_at = fields.required_time("created_at");
    entry.next_attempt_at = fields.time("next_attempt_at");
    entry.accepted_at = fields.time("accepted_at");
    entry.ended_at = fields.time("ended_at");
    entry.last_error = fields.text("last_error");
    entry.type = required_text(fields, "type");
    entry.incident = fields.text("incident");
    entry.audience = fields.text("audience");
    entry.title = fields.text("title");
    return fields.finish(std::move(entry));
}

core::Result<Outbox> outbox_from_json(const json& value) {
    core::JsonFields fields(value);
    Outbox outbox;
    if (!fields.find("items")) fields.refuse("items", "is missing");
    for (const json& item : fields.array("items")) {
        auto entry = outbox_entry_from_json(item);
        fields.merge("items", entry);
        if (entry) outbox.entries.push_back(std::move(*entry));
    }
    core::JsonFields counts(fields.object("counts"));
    outbox.queued = counts.need("queued", counts.count("queued"));
    outbox.sending = counts.need("sending", counts.count("sending"));
    outbox.sent = counts.need("sent", counts.count("sent"));
    outbox.failed = counts.need("failed", counts.count("failed"));
    outbox.dropped = counts.need("dropped", counts.count("dropped"));
    fields.merge("counts", counts.finish());
    return fields.finish(std::move(outbox));
}

}  // namespace qd::opsclient
