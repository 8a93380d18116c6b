#include "viewers/admin.hpp"

#include <nlohmann/json.hpp>

namespace qd::viewers {
namespace {

using nlohmann::json;

core::Result<> allowed(const http::Request& request, const std::optional<security::Tokens>& tokens) {
    const std::string& from = request.remote_address;
    if (!from.starts_with("127.") && from != "::1")
        return core::fail(core::Errc::permission_denied, "only from this machine");
    if (!tokens || request.method == http::Method::get || request.method == http::Method::head) return {};
    const auto actor = tokens->authorize(request.headers.get("Authorization"), security::Role::admin);
    if (!actor) return core::Failure(actor.error());
    return {};
}

std::string status_json(const CrowdStatus& status) {
    return json{{"count", status.wanted},  {"playing", status.playing},       {"waiting", status.waiting},
                {"titles", status.titles}, {"gateway_up", status.gateway_up}, {"sessions", status.sessions}}
        .dump();
}

}  // namespace

void add_admin_routes(http::Server& server, Crowd& crowd, const std::optional<security::Tokens>& tokens) {
    server.route(http::Method::get, "/-/count",
                 [&crowd, &tokens](http::Request&& request, http::Responder&& responder) {
                     if (const auto fine = allowed(request, tokens); !fine)
                         return responder.send(http::problem(fine.error(), request.request_id));
                     responder.send(http::Response::json(200, status_json(crowd.status())));
                 });
    server.route(http::Method::put, "/-/count",
                 [&crowd, &tokens](http::Request&& request, http::Responder&& responder) {
                     if (const auto fine = allowed(request, tokens); !fine)
                         return responder.send(http::problem(fine.error(), request.request_id));
                     const json body = json::parse(request.body, nullptr, false);
                     const bool valid = body.is_object() && body.contains("count") &&
                                        body["count"].is_number_unsigned() &&
                                        body["count"].get<std::uint64_t>() <= max_viewers;
                     if (!valid)
                         return responder.send(
                             http::problem(core::Error{core::Errc::invalid_argument,
                                                       fmt::format("want {{\"count\":0..{}}}", max_viewers)},
                                           request.request_id));
                     crowd.set_count(body["count"].get<std::size_t>());
                     responder.send(http::Response::json(200, status_json(crowd.status())));
                 });
}

}  // namespace qd::viewers
