#include "services/uploads.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "media/probe.hpp"
#include "services/title.hpp"

namespace qd::services {
namespace {

constexpr unsigned most_waiting = 64;

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

}  // namespace

Uploads::Uploads(const Origin& origin, UploadOptions options)
    : origin_(origin), options_(std::move(options)) {}

Result<> Uploads::check_space(std::uint64_t needed_bytes) const {
    for (const auto& free : {origin_.objects.free_bytes(), core::free_bytes(options_.spool_folder)}) {
        if (!free) return core::Failure(free.error());
        if (*free < options_.free_floor_bytes + needed_bytes)
            return core::fail(
                Errc::no_space,
                "the disk is nearly full: {} MB are free, and {} MB must be left besides the file",
                *free / 1'000'000, options_.free_floor_bytes / 1'000'000);
    }
    return {};
}

/// Whatever is wrong before the body has been read.
Result<> Uploads::check_head(const Request& request) const {
    const auto actor = authorize(origin_, request, security::Role::admin);
    if (!actor) return core::Failure(actor.error());
    // No 5xx: a gateway would take this instance for broken because of what was decided on purpose.
    if (!origin_.features.uploads_enabled(actor->name))
        return core::fail(Errc::permission_denied,
                          "uploads are switched off for now (flag uploads.enabled); try again later");
    if (auto checked = check_title(request.query.get_or("title", "")); !checked) return checked;
    return check_space(declared_size(request));
}

Response Uploads::accept(const Request& request) const {
    const auto actor = authorize(origin_, request, security::Role::admin);
    if (!actor) return refuse(origin_, request, actor.error());
    const auto file = body_file(request);
    if (!file) return refuse(origin_, request, file.error());
    // Once more: the size of a chunked body was not known, and by now it has taken its space.
    if (const auto space = check_space(0); !space) return refuse(origin_, request, space.error());
    const auto source = media::probe((*file)->path());
    if (!source) return refuse(origin_, request, source.error());
    const storage::Video video = describe(origin_, *source, request.query.get_or("title", ""), actor->name);
    if (const auto stored = store(origin_, video, (*file)->path()); !stored)
        return refuse(origin_, request, stored.error());
    origin_.log.info("video uploaded", {{"video", video.id.value},
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

void Uploads::add_route(http::Server& server) {
    http::RouteOptions route;
    route.memory_limit_bytes = 0;  // FFmpeg reads files
    route.body_limit_bytes = options_.limit_bytes;
    route.admit = [this](const Request& request) -> std::optional<Response> {
        if (const auto checked = check_head(request); !checked)
            return refuse(origin_, request, checked.error());
        return std::nullopt;
    };
    server.route(
        http::Method::post, "/api/v1/upload",
        [this](Request&& request, http::Responder&& responder) {
            if (waiting_.fetch_add(1) >= most_waiting) {
                --waiting_;
                return responder.send(
                    http::problem(503, "too many uploads wait; try again shortly", request.request_id));
            }
            const auto task = std::make_shared<std::pair<Request, http::Responder>>(std::move(request),
                                                                                    std::move(responder));
            examiners_.post([this, task] {
                task->second.send(accept(task->first));
                --waiting_;
            });
        },
        std::move(route));
}

}  // namespace qd::services
