#include "opsd/postmortem_routes.hpp"

#include <algorithm>
#include <charconv>

#include "core/json_fields.hpp"
#include "postmortems/codec.hpp"

namespace qd::opsd {
namespace {

using core::Errc;
using core::Failure;
using core::Result;
using http::Response;
using incidents::IncidentId;
using nlohmann::json;
using postmortems::Draft;
using postmortems::DraftDesk;

constexpr std::string_view markdown_type = "text/markdown; charset=utf-8";
constexpr std::string_view html_type = "text/html; charset=utf-8";

IncidentId incident_of(const Call& call) {
    return IncidentId(std::string(call.request.capture("incident")));
}

/// 0, which nothing has, for what is no number.
std::uint64_t number_of(std::string_view text) {
    std::uint64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    return read.ec == std::errc{} && read.ptr == text.data() + text.size() ? number : 0;
}

Result<Response> document(const ReadPostmortem& read, std::string_view format) {
    if (format == "json") return Response::json(200, postmortems::to_json_text(read.material()));
    if (format == "html")
        return Response::text(200, postmortems::to_html(read.material()), std::string(html_type));
    if (format == "md")
        return Response::text(200, postmortems::to_markdown(read.material()), std::string(markdown_type));
    return core::fail(Errc::invalid_argument, "format: is md, json or html");
}

/// The draft as another template would have it, nothing saved.
Result<> retemplate(ReadPostmortem& read, const DraftDesk& drafts, std::string_view name) {
    if (name.empty()) return {};
    auto chosen = drafts.find_template(name);
    if (!chosen) return Failure(chosen.error());
    auto changed = postmortems::with_template(read.draft, *chosen);
    if (!changed) return Failure(changed.error());
    read.draft = std::move(*changed);
    return {};
}

class PostmortemRoutes {
public:
    PostmortemRoutes(Context& context, const PostmortemReader& reader, DraftDesk& drafts)
        : context_(context), reader_(reader), drafts_(drafts) {}

    Result<Response> answer(const IncidentId& id) const {
        const auto read = reader_.read(id);
        if (!read) return Failure(read.error());
        return json_response(200, to_json(reader_.view(*read), context_.clock().now()), read->draft.version);
    }

    /// Writes for an incident that exists, tells everybody, and answers with the view.
    template <class Write>
    Result<Response> write(const Call& call, Write act) const {
        const IncidentId id = incident_of(call);
        const auto expected = if_match(call.request);
        if (!expected) return Failure(expected.error());
        auto read = reader_.read(id);
        if (!read) return Failure(read.error());
        const Result<Draft> done = act(id, *read, DraftDesk::Author{call.actor.name, *expected});
        if (!done) {
            if (done.error().code != Errc::precondition_failed) return Failure(done.error());
            read->draft = drafts_.get(id);
            return precondition_failed(to_json(reader_.view(*read), context_.clock().now()),
                                       read->draft.version);
        }
        if (done->version != read->draft.version)
            context_.publish("postmortem", id.value,
                             {{"version", done->version},
                              {"state", to_string(done->state)},
                              {"conflicts", postmortems::open_conflicts(*done)},
                              {"actor", call.actor.name}});
        read->draft = *done;
        return json_response(200, to_json(reader_.view(*read), context_.clock().now()), done->version);
    }

    Result<Response> exported(const Call& call, const IncidentId& id) const {
        const std::string format = call.request.query.get_or("format", "md");
        auto read = reader_.read(id);
        if (!read) return Failure(read.error());
        if (auto ok = retemplate(*read, drafts_, call.request.query.get_or("template", "")); !ok)
            return Failure(ok.error());
        return document(*read, format);
    }

    Result<Response> preview(const Call& call) const {
        const auto request = postmortems::decode_preview_request(call.request.body);
        if (!request) return Failure(request.error());
        auto read = reader_.read(incident_of(call));
        if (!read) return Failure(read.error());
        if (auto ok = retemplate(*read, drafts_, request->template_name); !ok) return Failure(ok.error());
        for (const auto& [id, text] : request->sections) {
            const auto section = std::ranges::find(read->draft.sections, id, &postmortems::Section::id);
            if (section == read->draft.sections.end())
                return core::fail(Errc::not_found, "there is no section '{}' in this post-mortem", id);
            if (section->current.text == text) continue;
            section->current.text = text;
            section->current.seq =
                std::max<std::uint64_t>(section->current.seq, 1);  // somebody is writing it
        }
        return document(*read, request->format);
    }

    Result<Response> listed() const {
        const auto listings = reader_.list();
        if (!listings) return Failure(listings.error());
        auto items = json::array();
        for (const postmortems::Listing& listing : *listings) items.push_back(to_json(listing));
        return list_response(std::move(items));
    }

    Result<Response> history(const Call& call) const {
        const auto read = reader_.read(incident_of(call));
        if (!read) return Failure(read.error());
        const std::string seq = call.request.query.get_or("seq", "");
        if (!seq.empty()) {
            const auto saved = drafts_.saved(incident_of(call), number_of(seq));
            if (!saved) return Failure(saved.error());
            return json_response(200, to_json(*saved));
        }
        const auto entries = drafts_.history(incident_of(call));
        if (!entries) return Failure(entries.error());
        auto items = json::array();
        for (const postmortems::HistoryEntry& entry : *entries) {
            json item = to_json(entry);
            item.erase("text");
            items.push_back(std::move(item));
        }
        return list_response(std::move(items));
    }

    DraftDesk& drafts() const { return drafts_; }
    const PostmortemReader& reader() const { return reader_; }

private:
    Context& context_;
    const PostmortemReader& reader_;
    DraftDesk& drafts_;
};

using Routes = std::shared_ptr<const PostmortemRoutes>;

void add_reading(http::Server& server, Context& context, const Routes& routes) {
    context.get(server, "/api/v1/incidents/{id}/postmortem", [routes](const Call& call) {
        return routes->exported(call, IncidentId(std::string(call.request.capture("id"))));
    });
    context.get(server, "/api/v1/postmortems", [routes](const Call&) { return routes->listed(); });
    context.get(server, "/api/v1/postmortems/{incident}",
                [routes](const Call& call) { return routes->answer(incident_of(call)); });
    context.get(server, "/api/v1/postmortems/{incident}/history",
                [routes](const Call& call) { return routes->history(call); });
    context.get(server, "/api/v1/postmortems/{incident}/preview",
                [routes](const Call& call) { return routes->exported(call, incident_of(call)); });
    // It writes nothing: unsaved text is too long for a query.
    context.post(server, "/api/v1/postmortems/{incident}/preview", security::Role::viewer,
                 [routes](const Call& call) { return routes->preview(call); });
    context.get(server, "/api/v1/postmortem-templates", [routes](const Call&) -> Result<Response> {
        auto items = json::array();
        for (const postmortems::Template& each : routes->drafts().templates()) items.push_back(to_json(each));
        return list_response(std::move(items));
    });
}

void add_writing(http::Server& server, Context& context, const Routes& routes) {
    constexpr auto responder = security::Role::responder;
    const std::string base = "/api/v1/postmortems/{incident}";
    context.write(server, http::Method::put, base, responder, [routes](const Call& call) -> Result<Response> {
        const auto request = postmortems::decode_save_request(call.request.body);
        if (!request) return Failure(request.error());
        return routes->write(call, [&](const IncidentId& id, const ReadPostmortem&, const auto& author) {
            return routes->drafts().save(id, *request, author);
        });
    });
    context.post(server, base + "/state", responder, [routes](const Call& call) -> Result<Response> {
        const auto request = postmortems::decode_move_request(call.request.body);
        if (!request) return Failure(request.error());
        return routes->write(call, [&](const IncidentId& id, const ReadPostmortem& read, const auto& author) {
            const std::size_t keeping = blocking(postmortems::check(read.material()));
            // Before the step: what is not kept is not reviewed either.
            if (auto kept = routes->reader().keep_figures(read); !kept)
                return Result<Draft>(Failure(kept.error()));
            return routes->drafts().move(id, *request, keeping, author);
        });
    });
    context.post(server, base + "/reviewers", responder, [routes](const Call& call) -> Result<Response> {
        const auto request = postmortems::decode_reviewer_request(call.request.body);
        if (!request) return Failure(request.error());
        return routes->write(call, [&](const IncidentId& id, const ReadPostmortem&, const auto& author) {
            return routes->drafts().review(id, *request, author);
        });
    });
    context.post(server, base + "/comments", responder, [routes](const Call& call) -> Result<Response> {
        const auto request = postmortems::decode_comment_request(call.request.body);
        if (!request) return Failure(request.error());
        return routes->write(call, [&](const IncidentId& id, const ReadPostmortem&, const auto& author) {
            return routes->drafts().comment(id, *request, author);
        });
    });
    context.post(server, base + "/comments/{comment}/resolve", responder,
                 [routes](const Call& call) -> Result<Response> {
                     const auto request = postmortems::decode_resolve_request(call.request.body);
                     if (!request) return Failure(request.error());
                     const std::uint64_t comment = number_of(call.request.capture("comment"));
                     return routes->write(
                         call, [&](const IncidentId& id, const ReadPostmortem&, const auto& author) {
                             return routes->drafts().resolve(id, comment, *request, author);
                         });
                 });
    context.post(server, base + "/template", responder, [routes](const Call& call) -> Result<Response> {
        const auto body = core::parse_json(call.request.body);
        if (!body) return Failure(body.error());
        core::JsonFields fields(*body);
        const std::string name = fields.text("template", 60);
        if (name.empty()) fields.refuse("template", "is missing");
        if (auto read = fields.finish(); !read) return Failure(read.error());
        return routes->write(call, [&](const IncidentId& id, const ReadPostmortem&, const auto& author) {
            return routes->drafts().choose(id, name, author);
        });
    });
    context.post(server, base + "/factors", responder, [routes](const Call& call) -> Result<Response> {
        const auto factors = postmortems::decode_factors(call.request.body);
        if (!factors) return Failure(factors.error());
        return routes->write(call, [&](const IncidentId& id, const ReadPostmortem&, const auto& author) {
            return routes->drafts().tag(id, *factors, author);
        });
    });
}

}  // namespace

void add_postmortem_routes(http::Server& server, Context& context, const PostmortemReader& reader,
                           DraftDesk& drafts) {
    const auto routes = std::make_shared<const PostmortemRoutes>(context, reader, drafts);
    add_reading(server, context, routes);
    add_writing(server, context, routes);
    context.metrics().on_collect([&context, &reader] {
        context.metrics()
            .gauge("opsd_postmortems_overdue", "Post-mortems past their due date and not published.")
            .Set(double(reader.overdue()));
    });
}

}  // namespace qd::opsd
