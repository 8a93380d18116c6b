#include <nlohmann/json.hpp>

#include "opsd/runbook_desk.hpp"

namespace qd::opsd {
namespace {

using nlohmann::json;

json entry_json(const RunbookEntry& entry, bool whole) {
    json value = runbooks::to_json(entry.runbook, whole);
    value["source"] = entry.source;
    value["problem"] = entry.problem.empty() ? json(nullptr) : json(entry.problem);
    return value;
}

core::Result<http::Response> run(const Call& call, RunbookDesk& desk) {
    auto request = runbooks::decode_run_request(call.request.body);
    if (!request) return core::Failure(request.error());
    if (call.request.query.get("dry-run")) request->confirm = false;
    const StepOrder order{incidents::IncidentId(std::string(call.request.capture("id"))),
                          runbooks::RunbookId(std::string(call.request.capture("runbook"))),
                          std::string(call.request.capture("step")), *request};
    const auto answer = request->confirm ? desk.run(order, call.actor) : desk.preview(order, call.actor);
    if (!answer) return core::Failure(answer.error());
    return json_response(200, runbooks::to_json(*answer));
}

}  // namespace

void add_runbook_routes(http::Server& server, Context& context, const RunbookLibrary& library,
                        RunbookDesk& desk) {
    context.get(server, "/api/v1/runbooks", [&library](const Call&) -> core::Result<http::Response> {
        json items = json::array();
        for (const RunbookEntry& entry : library.entries()) items.push_back(entry_json(entry, false));
        return json_response(
            200, {{"items", std::move(items)}, {"next", nullptr}, {"left_out", library.left_out()}});
    });
    context.get(server, "/api/v1/runbooks/{id}",
                [&library](const Call& call) -> core::Result<http::Response> {
                    const auto entry = library.find(call.request.capture("id"));
                    if (!entry)
                        return core::fail(core::Errc::not_found, "there is no runbook '{}'",
                                          call.request.capture("id").substr(0, 80));
                    return json_response(200, entry_json(*entry, true));
                });
    context.get(
        server, "/api/v1/incidents/{id}/runbooks", [&desk](const Call& call) -> core::Result<http::Response> {
            const auto guides = desk.guides(incidents::IncidentId(std::string(call.request.capture("id"))));
            if (!guides) return core::Failure(guides.error());
            json items = json::array();
            for (const runbooks::Guide& guide : *guides) items.push_back(runbooks::to_json(guide));
            return list_response(std::move(items));
        });
    context.post(server, "/api/v1/incidents/{id}/runbooks/{runbook}/steps/{step}/run",
                 security::Role::responder, [&desk](const Call& call) { return run(call, desk); });
}

}  // namespace qd::opsd
