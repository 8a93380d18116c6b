#include "services/origin.hpp"

namespace qd::services {

std::string source_key(const storage::VideoId& id) {
    return "source/" + id.value;
}

std::string media_key(const storage::VideoId& id) {
    return "media/" + id.value;
}

std::string media_key(const storage::VideoId& id, std::string_view path) {
    return fmt::format("media/{}/{}", id.value, path);
}

core::Result<> enqueue_encode(storage::JobQueue& jobs, const storage::VideoId& id) {
    const auto enqueued = jobs.enqueue({.kind = std::string(encode_job), .key = id.value, .payload = {}});
    if (!enqueued) return core::Failure(enqueued.error());
    return {};
}

core::Result<> remove_video(const Origin& origin, const storage::VideoId& id) {
    if (auto removed = origin.videos.remove(id); !removed) return removed;
    if (auto removed = origin.jobs.remove(encode_job, id.value); !removed) return removed;
    if (auto removed = origin.objects.remove(source_key(id)); !removed) return removed;
    return origin.objects.remove(media_key(id));
}

http::Response refuse(const Origin& origin, const http::Request& request, const core::Error& error) {
    using core::Errc;
    if (error.code == Errc::io || error.code == Errc::corrupt || error.code == Errc::internal) {
        origin.log.error(error.message,
                         {{"code", core::to_string(error.code)}, {"request_id", request.request_id}});
        return http::problem(http_status(error.code), "the server failed to do this; its log says why",
                             request.request_id);
    }
    http::Response response = http::problem(error, request.request_id);
    if (error.code == Errc::unauthenticated) response.headers.set("WWW-Authenticate", "Bearer");
    return response;
}

core::Result<security::Actor> authorize(const Origin& origin, const http::Request& request,
                                        security::Role at_least) {
    return origin.tokens.authorize(request.headers.get("Authorization"), at_least);
}

}  // namespace qd::services
