#include "opsd/flag_routes.hpp"

#include "core/json_fields.hpp"
#include "flags/document.hpp"

namespace qd::opsd {
namespace {

using core::Errc;
using core::Failure;
using nlohmann::json;
using opsclient::FlagView;

constexpr std::uint64_t longest_flag_body = flags::largest_document / 4;

std::string key_of(const Call& call) {
    return std::string(call.request.capture("key"));
}

core::Result<FlagAuthor> flag_author(const Call& call, const json& body) {
    const auto expected = if_match(call.request);
    if (!expected) return Failure(expected.error());
    core::JsonFields fields(body);
    FlagAuthor author{call.actor.name, fields.text("reason"), *expected};
    return fields.finish(std::move(author));
}

core::Result<http::Response> answer_flag(FlagDesk& desk, const std::string& key,
                                         const core::Result<FlagView>& done) {
    if (done) return json_response(200, to_json(*done), done->last.revision);
    if (done.error().code != Errc::precondition_failed) return Failure(done.error());
    const auto current = desk.get(key);
    if (!current) return Failure(done.error());
    return precondition_failed(to_json(*current), current->last.revision);
}

core::Result<http::Response> set(const Call& call, FlagDesk& desk) {
    const auto body = core::parse_json(call.request.body, longest_flag_body);
    if (!body) return Failure(body.error());
    const auto author = flag_author(call, *body);
    if (!author) return Failure(author.error());
    core::JsonFields fields(*body);
    const json& given = fields.object("flag", 16);
    if (fields.find("flag") == nullptr) fields.refuse("flag", "is missing");
    if (auto read = fields.finish(); !read) return Failure(read.error());
    // A line a field, so that what does not fit is told with the line where it stands.
    auto flag = flags::read_flag(key_of(call), core::dump_json(given, 2));
    if (!flag) return core::fail_with_context("flag", flag.error());
    return answer_flag(desk, key_of(call), desk.set(std::move(*flag), *author));
}

using Switch = core::Result<FlagView> (FlagDesk::*)(const std::string&, const FlagAuthor&);

core::Result<http::Response> switch_flag(const Call& call, FlagDesk& desk, Switch switched) {
    const auto body = core::parse_json(call.request.body.empty() ? "{}" : call.request.body);
    if (!body) return Failure(body.error());
    const auto author = flag_author(call, *body);
    if (!author) return Failure(author.error());
    return answer_flag(desk, key_of(call), (desk.*switched)(key_of(call), *author));
}

std::string_view done_to(const opsclient::FlagChange& change) {
    if (change.action == "kill") return "was killed";
    if (change.action == "restore") return "was restored";
    return change.action == "create" ? "is new" : "was changed";
}

SiteChange site_change_of(const opsclient::FlagChange& change) {
    SiteChange told;
    told.kind = incidents::EventKind::flag;
    told.subject = change.flag.key;
    told.text = fmt::format("Flag {} {} (revision {}): {}", change.flag.key, done_to(change), change.revision,
                            change.reason);
    told.actor = change.actor;
    told.at = change.at;
    return told;
}

}  // namespace

void join_flags(const Context& context, FlagDesk& desk, FlagReach& reach, ChangeDesk& changes) {
    const auto tell = [&context, &desk](const std::string& key) {
        if (const auto view = desk.get(key)) context.publish("flag", key, to_json(*view));
    };
    desk.on_change([&context, &changes, tell](const opsclient::FlagChange& change) {
        tell(change.flag.key);
        if (const auto noted = changes.add(site_change_of(change)); !noted)
            context.log().error("a change of a flag was not noted",
                                {{"flag", change.flag.key}, {"error", noted.error().message}});
    });
    reach.on_reached([&desk, tell](std::uint64_t revision) {
        for (const FlagView& view : desk.list().items)
            if (view.last.revision == revision) tell(view.flag().key);
    });
}

void add_flag_routes(http::Server& server, Context& context, FlagDesk& desk) {
    using security::Role;
    context.get(server, "/api/v1/flags", [&desk](const Call&) -> core::Result<http::Response> {
        return json_response(200, to_json(desk.list()));
    });
    context.get(server, "/api/v1/flags/{key}", [&desk](const Call& call) -> core::Result<http::Response> {
        const auto view = desk.get(key_of(call));
        if (!view) return Failure(view.error());
        return json_response(200, to_json(*view), view->last.revision);
    });
    context.get(server, "/api/v1/flags/{key}/history",
                [&desk](const Call& call) -> core::Result<http::Response> {
                    const auto changes = desk.history(key_of(call));
                    if (!changes) return Failure(changes.error());
                    auto items = json::array();
                    for (const auto& change : *changes) items.push_back(to_json(change));
                    return list_response(std::move(items));
                });
    context.write(server, http::Method::put, "/api/v1/flags/{key}", Role::release_manager,
                  [&desk](const Call& call) { return set(call, desk); });
    context.post(server, "/api/v1/flags/{key}/kill", Role::release_manager,
                 [&desk](const Call& call) { return switch_flag(call, desk, &FlagDesk::kill); });
    context.post(server, "/api/v1/flags/{key}/restore", Role::release_manager,
                 [&desk](const Call& call) { return switch_flag(call, desk, &FlagDesk::restore); });
}

}  // namespace qd::opsd
