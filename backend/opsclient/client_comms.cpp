#include "core/json_fields.hpp"
#include "opsclient/client_impl.hpp"

namespace qd::opsclient {
namespace {

using http::Method;

}  // namespace

void Client::audiences(Callback<std::vector<Audience>> done) {
    impl_->call(impl_->request(Method::get, "/audiences"), std::move(done), items(&audience_from_json));
}

void Client::status_draft(const incidents::IncidentId& id, const std::string& audience,
                          Callback<StatusDraft> done) {
    const std::string path = incident_path(id, "/status-draft?audience=" + http::percent_encode(audience));
    impl_->call(impl_->request(Method::get, path), std::move(done), from_json(&status_draft_from_json));
}

void Client::post_status_update(const incidents::IncidentId& id, const std::string& audience,
                                const std::string& text, std::optional<std::uint64_t> based_on,
                                Callback<StatusPosted> done) {
    nlohmann::json body{{"audience", audience}, {"text", text}};
    if (based_on) body["based_on"] = *based_on;
    impl_->call(impl_->write(Method::post, incident_path(id, "/status-updates"), core::dump_json(body)),
                std::move(done), from_json(&status_posted_from_json));
}

void Client::status_schedule(Callback<std::vector<StatusOwed>> done) {
    impl_->call(impl_->request(Method::get, "/status-schedule"), std::move(done),
                items(&status_owed_from_json));
}

void Client::outbox(Callback<Outbox> done) {
    impl_->call(impl_->request(Method::get, "/outbox?limit=500"), std::move(done),
                from_json(&outbox_from_json));
}

void Client::retry_outbox_entry(std::uint64_t id, Callback<OutboxEntry> done) {
    impl_->call(impl_->write(Method::post, fmt::format("/outbox/{}/retry", id), {}), std::move(done),
                from_json(&outbox_entry_from_json));
}

void Client::drop_outbox_entry(std::uint64_t id, Callback<OutboxEntry> done) {
    impl_->call(impl_->write(Method::del, fmt::format("/outbox/{}", id), {}), std::move(done),
                from_json(&outbox_entry_from_json));
}

}  // namespace qd::opsclient
