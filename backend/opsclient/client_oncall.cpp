// Who is on call, and the runbooks.

#include "core/json_fields.hpp"
#include "opsclient/client.hpp"
#include "opsclient/client_impl.hpp"

namespace qd::opsclient {

using http::Method;

core::Result<RunbookEntry> runbook_entry_from_json(const nlohmann::json& value) {
    auto runbook = runbooks::runbook_from_json(value);
    if (!runbook) return core::Failure(runbook.error());
    core::JsonFields fields(value);
    RunbookEntry entry{std::move(*runbook), fields.text("source"), fields.text("problem")};
    return fields.finish(std::move(entry));
}

void Client::oncall(Callback<oncall::Picture> done) {
    impl_->call(impl_->request(Method::get, "/oncall"), std::move(done),
                from_json(&oncall::picture_from_json));
}

void Client::runbooks(Callback<std::vector<RunbookEntry>> done) {
    impl_->call(impl_->request(Method::get, "/runbooks"), std::move(done), items(&runbook_entry_from_json));
}

void Client::runbook(const runbooks::RunbookId& id, Callback<RunbookEntry> done) {
    impl_->call(impl_->request(Method::get, "/runbooks/" + http::percent_encode(id.value)), std::move(done),
                from_json(&runbook_entry_from_json));
}

void Client::incident_runbooks(const incidents::IncidentId& id, Callback<std::vector<runbooks::Guide>> done) {
    impl_->call(impl_->request(Method::get, "/incidents/" + http::percent_encode(id.value) + "/runbooks"),
                std::move(done), items(&runbooks::guide_from_json));
}

void Client::run_step(const incidents::IncidentId& id, const runbooks::RunbookId& runbook,
                      const std::string& step, const runbooks::RunRequest& request,
                      Callback<runbooks::RunAnswer> done) {
    const std::string path =
        fmt::format("/incidents/{}/runbooks/{}/steps/{}/run", http::percent_encode(id.value),
                    http::percent_encode(runbook.value), http::percent_encode(step));
    const std::string body = core::dump_json(runbooks::to_json(request));
    // Only asking what would be sent changes nothing.
    impl_->call(
        request.confirm ? impl_->write(Method::post, path, body) : impl_->request(Method::post, path, body),
        std::move(done), from_json(&runbooks::answer_from_json));
}

}  // namespace qd::opsclient
