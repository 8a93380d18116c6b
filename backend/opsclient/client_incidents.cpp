// The client's calls about incidents.

#include "incidents/binary.hpp"
#include "opsclient/client_impl.hpp"

namespace qd::opsclient {
namespace {

using http::Method;

std::string query_string(const incidents::IncidentQuery& query) {
    std::string text;
    const auto add = [&text](std::string_view name, std::string_view value) {
        if (value.empty()) return;
        text += fmt::format("{}{}={}", text.empty() ? '?' : '&', name, http::percent_encode(value));
    };
    add("q", query.text);
    add("state", query.state);
    if (query.severity) add("severity", std::to_string(int(*query.severity)));
    add("service", query.service);
    add("cursor", query.cursor);
    if (query.limit != incidents::max_page) add("limit", std::to_string(query.limit));
    return text;
}

}  // namespace

void Client::incidents(Callback<std::vector<incidents::Incident>> done) {
    impl_->call(impl_->request(Method::get, "/incidents"), std::move(done),
                items(&incidents::incident_from_json));
}

void Client::find_incidents(const incidents::IncidentQuery& query, Callback<incidents::IncidentPage> done) {
    impl_->call(impl_->request(Method::get, "/incidents" + query_string(query)), std::move(done),
                from_json(&incidents::page_from_json));
}

void Client::incident(const incidents::IncidentId& id, Callback<incidents::Incident> done) {
    impl_->call(impl_->request(Method::get, incident_path(id)), std::move(done),
                from_json(&incidents::incident_from_json));
}

void Client::timeline(const incidents::IncidentId& id, Callback<std::vector<incidents::Event>> done,
                      std::uint64_t after) {
    const std::string behind = after > 0 ? fmt::format("?after={}", after) : std::string();
    auto request = impl_->request(Method::get, incident_path(id, "/timeline") + behind);
    request.headers.set("Accept", fmt::format("{}, application/json;q=0.5", incidents::events_media_type));
    request.max_body_bytes = incidents::max_timeline_bytes;
    impl_->call<std::vector<incidents::Event>>(
        std::move(request), std::move(done),
        [after](const std::string& body) -> core::Result<std::vector<incidents::Event>> {
            // An opsd that does not know the binary form answers in JSON.
            return body.starts_with('{') ? incidents::decode_events(body)
                                         : incidents::decode_timeline(body, after);
        });
}

void Client::open_incident(const incidents::OpenRequest& request, Callback<incidents::Incident> done) {
    impl_->call(impl_->write(Method::post, "/incidents", incidents::encode(request)), std::move(done),
                from_json(&incidents::incident_from_json));
}

void Client::post_event(const incidents::IncidentId& id, const incidents::EventRequest& request,
                        std::optional<std::uint64_t> expected_version, Callback<incidents::Event> done) {
    impl_->call(impl_->write(Method::post, incident_path(id, "/events"), incidents::encode(request),
                             expected_version),
                std::move(done), from_json(&incidents::event_from_json));
}

void Client::merge_incident(const incidents::IncidentId& id, const incidents::MergeRequest& request,
                            Callback<incidents::Incident> done) {
    impl_->call(impl_->write(Method::post, incident_path(id, "/merge"), incidents::encode(request)),
                std::move(done), from_json(&incidents::incident_from_json));
}

void Client::split_incident(const incidents::IncidentId& id, const incidents::SplitRequest& request,
                            Callback<incidents::Incident> done) {
    impl_->call(impl_->write(Method::post, incident_path(id, "/split"), incidents::encode(request)),
                std::move(done), from_json(&incidents::incident_from_json));
}

void Client::relate_incidents(const incidents::IncidentId& id, const incidents::RelationRequest& request,
                              Callback<incidents::Incident> done) {
    impl_->call(impl_->write(Method::post, incident_path(id, "/relations"), incidents::encode(request)),
                std::move(done), from_json(&incidents::incident_from_json));
}

}  // namespace qd::opsclient
