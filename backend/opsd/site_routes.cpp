#include <nlohmann/json.hpp>

#include "core/files.hpp"
#include "opsd/core_routes.hpp"

namespace qd::opsd {
namespace {

using nlohmann::json;

json to_json(const site::ProcessInfo& process, const timeseries::TargetState* state, bool supervised,
             core::WallTime now) {
    json value{{"role", process.role},         {"version", process.version},  {"arm", process.arm},
               {"instance", process.instance}, {"pid", process.pid},          {"address", process.address},
               {"metrics", process.metrics},   {"restarts", process.restarts}};
    value["state"] = supervised ? site::to_string(process.state) : "unknown";
    const bool started = process.started_at != core::WallTime{};
    value["started_at"] = started ? json(core::format_rfc3339(process.started_at)) : json(nullptr);
    value["up"] = state && state->up;
    value["error"] = state ? state->error : "";
    value["age_s"] = nullptr;
    if (state && state->last_success)
        value["age_s"] = std::max(0.0, double((now - *state->last_success).count()) / 1000);
    return value;
}

json disk_json(const std::filesystem::path& folder) {
    const auto free = core::free_bytes(folder);
    if (!free) return nullptr;
    return {{"free_bytes", *free}, {"reserve_bytes", core::disk_reserve_bytes}};
}

}  // namespace

json SiteView::to_json() const {
    const core::WallTime now = context_.clock().now();
    const Directory directory = directory_.now();
    const auto states = store_.targets();
    json processes = json::array();
    for (const site::ProcessInfo& process : directory.processes) {
        const auto state = states.find(process.instance);
        // Fixed targets have no supervisor: their state is what the configuration says.
        const bool known = directory.supervised || process.pid == 0;
        processes.push_back(
            opsd::to_json(process, state == states.end() ? nullptr : &state->second, known, now));
    }
    return {{"as_of", core::format_rfc3339(now)},
            {"started_at", core::format_rfc3339(started_at_)},
            {"gateway", context_.places().gateway},
            {"opsd_version", version_},
            {"supervised", directory.supervised},
            {"supervisor_error", directory.error},
            {"disk", disk_json(disk_)},
            {"processes", std::move(processes)}};
}

std::string SiteView::fingerprint() const {
    const Directory directory = directory_.now();
    const auto states = store_.targets();
    std::string text = directory.supervised ? "supervised" : directory.error;
    if (const auto free = core::free_bytes(disk_); free && *free < core::disk_reserve_bytes)
        text += "|the disk is nearly full";
    for (const site::ProcessInfo& process : directory.processes) {
        const auto state = states.find(process.instance);
        text += fmt::format("|{},{},{},{},{},{},{},{}", process.instance, process.pid, process.version,
                            process.arm, process.address, site::to_string(process.state), process.restarts,
                            state != states.end() && state->second.up);
    }
    return text;
}

void add_site_routes(http::Server& server, Context& context, http::EventHub& events, const SiteView& view) {
    context.get(server, "/api/v1/site", [&view](const Call&) -> core::Result<http::Response> {
        return json_response(200, view.to_json());
    });
    server.route(http::Method::get, "/api/v1/events",
                 [&context, &events](http::Request&& request, http::Responder&& responder) {
                     const auto actor = context.authorize(request, security::Role::viewer);
                     if (!actor) return responder.send(http::problem(actor.error(), request.request_id));
                     responder.send(events.subscribe(request));
                 });
}

}  // namespace qd::opsd
