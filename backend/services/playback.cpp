#include "services/playback.hpp"

#include <unistd.h>

#include <cerrno>

#include "services/session.hpp"

namespace qd::services {
namespace {

using core::Errc;
using core::Result;
using http::Request;
using http::Response;
using storage::VideoState;

constexpr std::uint64_t max_playlist_bytes = 16 << 20;

Result<std::string> read_text(const storage::StoredObject& object) {
    if (object.size > max_playlist_bytes)
        return core::fail(Errc::corrupt, "a playlist of {} bytes", object.size);
    std::string text(object.size, '\0');
    for (std::size_t done = 0; done < text.size();) {
        const ssize_t count =
            ::pread(object.file->get(), text.data() + done, text.size() - done, off_t(done));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return core::fail_errno("reading a playlist", count == 0 ? EIO : errno);
        done += std::size_t(count);
    }
    return text;
}

/// A name that can be no object's is just another one that does not exist.
Result<storage::StoredObject> open_media(const Origin& origin, const storage::VideoId& id,
                                         std::string_view path) {
    auto object = origin.objects.open(media_key(id, path));
    if (!object && (object.error().code == Errc::invalid_argument || object.error().code == Errc::not_found))
        return core::fail(Errc::not_found, "there is no such file");
    return object;
}

/// `folder` is where the playlist lies below the video's: "" (the multivariant one), "480p/".
Response playlist(const Origin& origin, const Request& request, const storage::VideoId& id,
                  std::string_view folder, std::string_view name) {
    const auto object = open_media(origin, id, fmt::format("{}{}", folder, name));
    if (!object) return refuse(origin, request, object.error());
    auto text = read_text(*object);
    if (!text) return refuse(origin, request, text.error());
    const std::string session = session_of(request, origin.random);
    if (folder.empty())
        if (const auto height = origin.features.max_rendition_height(session, id.value)) {
            text = with_max_height(*text, *height);
            if (!text) return refuse(origin, request, text.error());
        }
    const std::string base = fmt::format("/media/{}/{}", id.value, folder);
    Response response =
        Response::text(200, with_session(*text, base, session), "application/vnd.apple.mpegurl");
    response.headers.set("Cache-Control", "no-store");
    return response;
}

Response stream(const Origin& origin, const Request& request) {
    const storage::VideoId id(std::string(request.capture("id")));
    const auto video = origin.videos.get(id);
    if (!video) return refuse(origin, request, video.error());
    switch (video->state) {
        case VideoState::playable:
        case VideoState::ready:
            return playlist(origin, request, id, "", "master.m3u8");
        case VideoState::failed:
            return http::problem(409, "this video could not be encoded and cannot be played",
                                 request.request_id);
        default:
            return http::problem(409, "this video is still being prepared; try again shortly",
                                 request.request_id);
    }
}

Response media_playlist(const Origin& origin, const Request& request) {
    return playlist(origin, request, storage::VideoId(std::string(request.capture("id"))),
                    fmt::format("{}/", request.capture("rung")), "index.m3u8");
}

Response file(const Origin& origin, const Request& request) {
    const std::string_view path = request.capture("path");
    const std::string_view type = media_type(path);
    if (type.empty()) return http::problem(404, "there is no such file", request.request_id);
    auto object = open_media(origin, storage::VideoId(std::string(request.capture("id"))), path);
    if (!object) return refuse(origin, request, object.error());
    Response response;
    response.headers.set("Content-Type", std::string(type));
    response.headers.set("ETag", fmt::format("\"{}\"", object->version));
    response.headers.set("Cache-Control", "public, max-age=31536000, immutable");
    response.body = http::FileBody{std::move(object->file), 0, object->size};
    return http::apply_range(request, std::move(response));
}

}  // namespace

std::string_view media_type(std::string_view path) {
    if (path.ends_with(".m4s")) return "video/iso.segment";
    if (path.ends_with(".mp4")) return "video/mp4";
    if (path.ends_with(".jpg")) return "image/jpeg";
    return {};
}

void add_playback_routes(http::Server& server, const Origin& origin) {
    using http::Method;
    server.route_blocking(Method::get, "/api/v1/stream/{id}",
                          [origin](const Request& request) { return stream(origin, request); },
                          {.name = "/api/v1/stream/:id"});
    server.route_blocking(Method::get, "/media/{id}/{rung}/index.m3u8",
                          [origin](const Request& request) { return media_playlist(origin, request); },
                          {.name = "/media/playlist"});
    // Opening a local file does not block for longer than handing it to another thread would.
    server.route(
        Method::get, "/media/{id}/{path...}",
        [origin](Request&& request, http::Responder&& responder) { responder.send(file(origin, request)); },
        {.name = "/media"});
}

}  // namespace qd::services
