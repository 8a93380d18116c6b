#include <nlohmann/json.hpp>

#include "core/json_fields.hpp"
#include "opsd/exclusion_desk.hpp"
#include "slo/codec.hpp"

namespace qd::opsd {

void add_exclusion_routes(http::Server& server, Context& context, ExclusionDesk& desk) {
    context.get(server, "/api/v1/exclusions", [&desk](const Call&) -> core::Result<http::Response> {
        auto items = nlohmann::json::array();
        for (const slo::Exclusion& exclusion : desk.list()) items.push_back(slo::to_json(exclusion));
        return list_response(std::move(items));
    });
    context.post(server, "/api/v1/exclusions", security::Role::release_manager,
                 [&desk](const Call& call) -> core::Result<http::Response> {
                     const auto body = core::parse_json(call.request.body);
                     if (!body) return core::Failure(body.error());
                     auto exclusion = slo::exclusion_from_json(*body);
                     if (exclusion) exclusion = desk.add(std::move(*exclusion), call.actor.name);
                     if (!exclusion) return core::Failure(exclusion.error());
                     return json_response(201, slo::to_json(*exclusion));
                 });
    context.del(server, "/api/v1/exclusions/{id}", security::Role::release_manager,
                [&desk](const Call& call) -> core::Result<http::Response> {
                    const slo::ExclusionId id(std::string(call.request.capture("id")));
                    if (auto removed = desk.remove(id, call.actor.name); !removed)
                        return core::Failure(removed.error());
                    return http::Response::empty(204);
                });
}

}  // namespace qd::opsd
