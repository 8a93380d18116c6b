#include "services/videos.hpp"

#include <charconv>

#include "services/video_json.hpp"

namespace qd::services {
namespace {

using core::Errc;
using http::Request;
using http::Response;

constexpr std::size_t default_limit = 50;

core::Result<std::size_t> limit_of(const Request& request) {
    const auto text = request.query.get("limit");
    if (!text) return default_limit;
    std::size_t limit = 0;
    const char* const end = text->data() + text->size();
    const auto [stop, error] = std::from_chars(text->data(), end, limit);
    if (error != std::errc() || stop != end || limit < 1 || limit > 100)
        return core::fail(Errc::invalid_argument, "limit must be a number from 1 to 100");
    return limit;
}

Response fresh_json(std::string body) {
    Response response = Response::json(200, std::move(body));
    response.headers.set("Cache-Control", "no-store");
    return response;
}

Response list(const Origin& origin, const Request& request) {
    const auto limit = limit_of(request);
    if (!limit) return refuse(origin, request, limit.error());
    const auto page = origin.videos.list(request.query.get_or("cursor", ""), *limit);
    if (!page) return refuse(origin, request, page.error());
    return fresh_json(to_json(*page));
}

Response get(const Origin& origin, const Request& request) {
    const auto video = origin.videos.get(storage::VideoId(std::string(request.capture("id"))));
    if (!video) return refuse(origin, request, video.error());
    return fresh_json(to_json(*video));
}

Response remove(const Origin& origin, const Request& request) {
    const auto actor = authorize(origin, request, security::Role::admin);
    if (!actor) return refuse(origin, request, actor.error());
    const storage::VideoId id(std::string(request.capture("id")));
    if (const auto removed = remove_video(origin, id); !removed)
        return refuse(origin, request, removed.error());
    origin.log.info("video removed",
                    {{"video", id.value}, {"actor", actor->name}, {"request_id", request.request_id}});
    return Response::empty(204);
}

}  // namespace

void add_video_routes(http::Server& server, const Origin& origin) {
    using http::Method;
    const http::RouteOptions one{.name = "/api/v1/videos/:id"};
    server.route_blocking(Method::get, "/api/v1/videos",
                          [origin](const Request& r) { return list(origin, r); });
    server.route_blocking(
        Method::get, "/api/v1/videos/{id}", [origin](const Request& r) { return get(origin, r); }, one);
    server.route_blocking(
        Method::del, "/api/v1/videos/{id}", [origin](const Request& r) { return remove(origin, r); }, one);
}

}  // namespace qd::services
