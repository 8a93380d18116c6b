#include "chaos/fault_filter.hpp"

namespace qd::chaos {

void add_fault_routes(http::Server& server, const std::shared_ptr<FaultFilter>& filter,
                      std::function<core::Result<>(const http::Request&)> authorize) {
    using Act = std::function<http::Response(const http::Request&)>;
    const auto guarded = [authorize](Act act) -> http::Handler {
        return [authorize, act](http::Request&& request, http::Responder&& responder) {
            if (auto allowed = authorize(request); !allowed)
                return responder.send(http::problem(allowed.error(), request.request_id));
            responder.send(act(request));
        };
    };
    server.route(http::Method::get, "/-/faults", guarded([filter](const http::Request&) {
                     return http::Response::json(200, to_json(filter->active()));
                 }));
    server.route(http::Method::post, "/-/faults", guarded([filter](const http::Request& request) {
                     auto fault = parse_fault(request.body);
                     if (fault) fault = filter->add(std::move(*fault));
                     if (!fault) return http::problem(fault.error(), request.request_id);
                     return http::Response::json(201, to_json(*fault));
                 }));
    server.route(http::Method::del, "/-/faults/{id}", guarded([filter](const http::Request& request) {
                     const auto removed = filter->remove(FaultId(std::string(request.capture("id"))));
                     return removed ? http::Response::empty(204)
                                    : http::problem(removed.error(), request.request_id);
                 }),
                 {.name = "/-/faults/:id", .admit = {}});
}

}  // namespace qd::chaos
