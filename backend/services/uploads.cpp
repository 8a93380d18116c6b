#include "services/uploads.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "media/probe.hpp"
#include "services/title.hpp"

namespace qd::services {
namespace {

using core::Errc;
using core::Result;
using http::Request;
using http::Response;

/// The declared size of the body; 0 when it is not declared.
std::uint64_t declared_size(const Request& request) {
    std::uint64_t size = 0;
    const std::string_view text = request.headers.get("Content-Length");
    std::from_chars(text.data(), text.data() + text.size(), size);
    return size;
}

Result<> check_space(const Origin& origin, const UploadOptions& options, std::uint64_t needed_bytes) {
    for (const auto& free : {origin.objects.free_bytes(), core::free_bytes(options.spool_folder)}) {
        if (!free) return core::Failure(free.error());
        if (*free < options.free_floor_bytes + needed_bytes)
            return core::fail(
                Errc::no_space,
                "the disk is nearly full: {} MB are free, and {} MB must be left besides the file",
                *free / 1'000'000, options.free_floor_bytes / 1'000'000);
    }
    return {};
}

/// Whatever is wrong before the body has been read.
Result<> check_head(const Origin& origin, const UploadOptions& options, const Request& request) {
    if (const auto actor = authorize(origin, request, security::Role::admin); !actor)
        return core::Failure(actor.error());
    if (auto checked = check_title(request.query.get_or("title", "")); !checked) return checked;
    return check_space(origin, options, declared_size(request));
}

Result<std::shared_ptr<const http::SpooledBody>> body_file(const Request& request) {
    if (request.spooled) return request.spooled;
    return core::fail(Errc::unprocessable, "the upload is empty");
}

storage::Video describe(const Origin& origin, const media::SourceInfo& source, std::string title,
                        std::string owner) {
    storage::Video video;
    video.id = origin.shards.new_id(owner, origin.random);
    video.title = std::move(title);
    video.owner = std::move(owner);
    video.duration = core::Seconds(source.duration_s);
    video.width = unsigned(source.width);
    video.height = unsigned(source.height);
    video.frame_rate = source.frame_rate;
    video.has_audio = source.has_audio;
    video.created_at = origin.clock.now();
    return video;
}

/// The metadata comes first, so that no file ever lies there without it; whatever fails takes all of it back.
Result<> store(const Origin& origin, const storage::Video& video, const std::filesystem::path& file) {
    if (const auto inserted = origin.videos.insert(video); !inserted) return core::Failure(inserted.error());
    Result<> stored = origin.objects.put(source_key(video.id), file);
    if (stored) stored = enqueue_encode(origin.jobs, video.id);
    if (!stored) static_cast<void>(remove_video(origin, video.id));
    return stored;
}

Response accept(const Origin& origin, const UploadOptions& options, const Request& request) {
    const auto actor = authorize(origin, request, security::Role::admin);
    if (!actor) return refuse(origin, request, actor.error());
    const auto file = body_file(request);
    if (!file) return refuse(origin, request, file.error());
    // Once more: the size of a chunked body was not known, and by now it has taken its space.
    if (const auto space = check_space(origin, options, 0); !space)
        return refuse(origin, request, space.error());
    const auto source = media::probe((*file)->path());
    if (!source) return refuse(origin, request, source.error());
    const storage::Video video = describe(origin, *source, request.query.get_or("title", ""), actor->name);
    if (const auto stored = store(origin, video, (*file)->path()); !stored)
        return refuse(origin, request, stored.error());
    origin.log.info("video uploaded", {{"video", video.id.value},
                                       {"owner", video.owner},
                                       {"bytes", (*file)->size()},
                                       {"duration_s", video.duration.count()},
                                       {"width", video.width},
                                       {"height", video.height},
                                       {"request_id", request.request_id}});
    Response response = Response::json(202, nlohmann::json{{"id", video.id.value}}.dump());
    response.headers.set("Location", "/api/v1/videos/" + video.id.value);
    return response;
}

}  // namespace

void add_upload_route(http::Server& server, const Origin& origin, const UploadOptions& options) {
    http::RouteOptions route;
    route.memory_limit_bytes = 0;  // FFmpeg reads files
    route.body_limit_bytes = options.limit_bytes;
    route.admit = [origin, options](const Request& request) -> std::optional<Response> {
        if (const auto checked = check_head(origin, options, request); !checked)
            return refuse(origin, request, checked.error());
        return std::nullopt;
    };
    server.route_blocking(
        http::Method::post, "/api/v1/upload",
        [origin, options](const Request& request) { return accept(origin, options, request); },
        std::move(route));
}

}  // namespace qd::services
