#include <nlohmann/json.hpp>

#include "opsd/core_routes.hpp"

namespace qd::opsd {

void add_fault_routes(http::Server& server, Context& context, FaultDesk& desk) {
    const auto to_json = [](const chaos::Fault& fault) {
        return nlohmann::json::parse(chaos::to_json(fault));
    };
    context.get(server, "/api/v1/chaos/faults",
                [&desk, to_json](const Call& call) -> core::Result<http::Response> {
                    auto items = nlohmann::json::array();
                    if (call.request.query.get_or("past", "") == "true")
                        for (const chaos::Fault& fault : desk.past()) items.push_back(to_json(fault));
                    for (const chaos::Fault& fault : desk.active()) items.push_back(to_json(fault));
                    return list_response(std::move(items));
                });
    context.post(server, "/api/v1/chaos/faults", security::Role::admin,
                 [&desk, to_json](const Call& call) -> core::Result<http::Response> {
                     auto fault = chaos::parse_fault(call.request.body);
                     if (fault) fault = desk.apply(std::move(*fault), call.actor.name);
                     if (!fault) return core::Failure(fault.error());
                     return json_response(201, to_json(*fault));
                 });
    context.del(server, "/api/v1/chaos/faults/{id}", security::Role::admin,
                [&desk](const Call& call) -> core::Result<http::Response> {
                    const chaos::FaultId id(std::string(call.request.capture("id")));
                    if (auto removed = desk.remove(id, call.actor.name); !removed)
                        return core::Failure(removed.error());
                    return http::Response::empty(204);
                });
}

}  // namespace qd::opsd
