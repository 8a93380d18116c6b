// What the client asks of the past of all incidents.

#include "learning/codec.hpp"
#include "opsclient/client.hpp"
#include "opsclient/client_impl.hpp"

namespace qd::opsclient {
namespace {

std::string learning_path(const learning::Query& query, std::string_view format) {
    std::string path = fmt::format("/learning?format={}&from={}&to={}", format,
                                   core::format_rfc3339(query.from), core::format_rfc3339(query.to));
    if (!query.service.empty()) path += "&service=" + http::percent_encode(query.service);
    if (query.severity) path += fmt::format("&severity={}", int(*query.severity));
    return path;
}

}  // namespace

void Client::learning(const learning::Query& query, Callback<learning::Report> done) {
    impl_->call(impl_->request(http::Method::get, learning_path(query, "json")), std::move(done),
                from_json(&learning::report_from_json));
}

void Client::learning_csv(const learning::Query& query, Callback<std::string> done) {
    impl_->call(impl_->request(http::Method::get, learning_path(query, "csv")), std::move(done),
                std::function([](const std::string& text) { return core::Result<std::string>(text); }));
}

}  // namespace qd::opsclient
