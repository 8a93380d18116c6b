// What the client asks and tells of the things behind an incident's journal.

#include "core/json_fields.hpp"
#include "opsclient/client.hpp"
#include "opsclient/client_impl.hpp"

namespace qd::opsclient {
void Client::freeze_evidence(const incidents::IncidentId& id, const EvidenceRequest& request,
                             Callback<incidents::Event> done) {
    const nlohmann::json body{{"slo", request.slo.value},
                              {"from", core::format_rfc3339(request.from)},
                              {"to", core::format_rfc3339(request.to)},
                              {"text", request.text}};
    impl_->call(impl_->write(http::Method::post, incident_path(id, "/evidence"), core::dump_json(body)),
                std::move(done), from_json(&incidents::event_from_json));
}

void Client::attach_file(const incidents::IncidentId& id, std::string_view name, std::string_view text,
                         std::string bytes, Callback<incidents::Event> done) {
    const std::string path = incident_path(
        id,
        fmt::format("/attachments?name={}&text={}", http::percent_encode(name), http::percent_encode(text)));
    auto request = impl_->write(http::Method::post, path, std::move(bytes));
    request.headers.set("Content-Type", "application/octet-stream");
    impl_->call(std::move(request), std::move(done), from_json(&incidents::event_from_json));
}

void Client::attached_file(const incidents::IncidentId& id, std::string_view sha256,
                           Callback<std::string> done) {
    impl_->call<std::string>(
        impl_->request(http::Method::get,
                       incident_path(id, fmt::format("/attachments/{}", http::percent_encode(sha256)))),
        std::move(done), [](const std::string& bytes) -> core::Result<std::string> { return bytes; });
}

void Client::incident_logs(const incidents::IncidentId& id, core::WallTime from, core::WallTime to, int limit,
                           Callback<LogExcerpt> done) {
    impl_->call(impl_->request(
                    http::Method::get,
                    incident_path(id, fmt::format("/logs?from={}&to={}&limit={}", core::format_rfc3339(from),
                                                  core::format_rfc3339(to), limit))),
                std::move(done), from_json(&log_excerpt_from_json));
}

void Client::request_log(const RequestLogQuery& query, Callback<RequestLog> done) {
    std::string path = fmt::format("/logs?limit={}", query.limit);
    const auto add = [&path](std::string_view name, std::string_view value) {
        if (!value.empty()) path += fmt::format("&{}={}", name, http::percent_encode(value));
    };
    add("trace", query.trace_id);
    add("request", query.request_id);
    if (query.from) add("from", core::format_rfc3339(*query.from));
    if (query.to) add("to", core::format_rfc3339(*query.to));
    impl_->call(impl_->request(http::Method::get, path), std::move(done), from_json(&request_log_from_json));
}

}  // namespace qd::opsclient
