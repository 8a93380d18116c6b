#include "core/json_fields.hpp"
#include "opsd/postmortem_routes.hpp"
#include "postmortems/codec.hpp"

namespace qd::opsd {
namespace {

using core::Errc;
using core::Failure;
using core::Result;
using http::Response;
using postmortems::ActionDesk;

/// ?state=open|in_progress|done|declined|unfinished|closed&owner=&incident=&tracker_url=&overdue=true
Result<postmortems::ActionFilter> filter_of(const http::Request& request) {
    postmortems::ActionFilter filter;
    const std::string state = request.query.get_or("state", "");
    if (state == "unfinished" || state == "closed")
        filter.closed = state == "closed";
    else if (!state.empty() && !(filter.state = postmortems::parse_action_state(state)))
        return core::fail(Errc::invalid_argument,
                          "state: is open, in_progress, done, declined, unfinished or closed");
    filter.owner = request.query.get_or("owner", "");
    filter.incident = request.query.get_or("incident", "");
    filter.tracker_url = request.query.get_or("tracker_url", "");
    const std::string overdue = request.query.get_or("overdue", "");
    if (!overdue.empty() && overdue != "true" && overdue != "false")
        return core::fail(Errc::invalid_argument, "overdue: is true or false");
    filter.overdue = overdue == "true";
    return filter;
}

Response answered(const Context& context, unsigned status, const postmortems::Action& action) {
    return json_response(status, to_json(action, context.clock().now()), action.version);
}

}  // namespace

void add_action_routes(http::Server& server, Context& context, const incidents::IncidentDesk& desk,
                       ActionDesk& actions) {
    const auto publish = [&context](const postmortems::Action& action) {
        context.publish("action_item", action.id, to_json(action, context.clock().now()));
    };
    context.get(server, "/api/v1/action-items", [&context, &actions](const Call& call) -> Result<Response> {
        const auto filter = filter_of(call.request);
        if (!filter) return Failure(filter.error());
        const postmortems::ActionList list = actions.list(*filter);
        const core::WallTime now = context.clock().now();
        const std::string format = call.request.query.get_or("format", "json");
        if (format == "csv")
            return Response::text(200, postmortems::to_csv(list.items, now), "text/csv; charset=utf-8");
        if (format != "json") return core::fail(Errc::invalid_argument, "format: is json or csv");
        return json_response(200, to_json(list, now));
    });
    context.post(server, "/api/v1/action-items", security::Role::responder,
                 [&context, &desk, &actions, publish](const Call& call) -> Result<Response> {
                     const auto request = postmortems::decode_action_request(call.request.body);
                     if (!request) return Failure(request.error());
                     if (!request->incident)
                         return core::fail(Errc::invalid_argument, "incident: is missing");
                     if (auto known = desk.get(*request->incident); !known) return Failure(known.error());
                     const std::uint64_t before = actions.revision();
                     const auto made = actions.add(*request, call.actor.name);
                     if (!made) return Failure(made.error());
                     if (actions.revision() != before) publish(*made);
                     return answered(context, 201, *made);
                 });
    context.get(server, "/api/v1/action-items/{id}",
                [&context, &actions](const Call& call) -> Result<Response> {
                    const auto action = actions.get(std::string(call.request.capture("id")));
                    if (!action) return Failure(action.error());
                    return answered(context, 200, *action);
                });
    context.post(server, "/api/v1/action-items/{id}", security::Role::responder,
                 [&context, &actions, publish](const Call& call) -> Result<Response> {
                     const std::string id(call.request.capture("id"));
                     const auto expected = if_match(call.request);
                     if (!expected) return Failure(expected.error());
                     const auto request = postmortems::decode_action_request(call.request.body);
                     if (!request) return Failure(request.error());
                     const auto done = actions.change(id, *request, call.actor.name, *expected);
                     if (!done && done.error().code == Errc::precondition_failed)
                         if (const auto current = actions.get(id))
                             return precondition_failed(to_json(*current, context.clock().now()),
                                                        current->version);
                     if (!done) return Failure(done.error());
                     publish(*done);
                     return answered(context, 200, *done);
                 });
    context.metrics().on_collect([&context, &actions] {
        const postmortems::ActionCounts counts = actions.counts();
        const auto set = [&context](std::string_view state, std::size_t count) {
            context.metrics()
                .gauge("opsd_action_items", "Action items of post-mortems by state.",
                       {{"state", std::string(state)}})
                .Set(double(count));
        };
        set("open", counts.open);
        set("in_progress", counts.in_progress);
        set("done", counts.done);
        set("declined", counts.declined);
        set("overdue", counts.overdue);
    });
}

}  // namespace qd::opsd
