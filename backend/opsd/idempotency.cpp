#include "opsd/idempotency.hpp"

#include "core/shutdown_stack.hpp"

namespace qd::opsd {
namespace {

constexpr std::size_t max_key_bytes = 200;

/// FNV-1a over 64 bits and the length: to tell an honest repetition from a mistake, not from an attack.
std::string digest(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325u;
    for (const char c : text) hash = (hash ^ std::uint8_t(c)) * 0x100000001b3u;
    return fmt::format("{:016x}-{}", hash, text.size());
}

http::Response replay(const RememberedAnswer& answer) {
    http::Response response = http::Response::text(answer.status, answer.body, answer.content_type);
    if (!answer.etag.empty()) response.headers.set("ETag", answer.etag);
    response.headers.set("Idempotency-Replayed", "true");
    return response;
}

}  // namespace

core::Result<http::Response> IdempotencyStore::once(
    const http::Request& request, const std::string& actor,
    const std::function<core::Result<http::Response>()>& handle) {
    const std::string_view given = request.headers.get("Idempotency-Key");
    if (given.empty()) return handle();
    if (given.size() > max_key_bytes)
        return core::fail(core::Errc::invalid_argument, "Idempotency-Key: at most {} bytes", max_key_bytes);
    const std::string key =
        fmt::format("{}\n{}\n{}\n{}", actor, http::to_string(request.method), request.path, given);
    {
        const std::lock_guard lock(mutex_);
        if (!running_.insert(key).second)
            return core::fail(core::Errc::conflict,
                              "the first request with this Idempotency-Key is still running");
    }
    core::ShutdownStack done;
    done.push("running", [&] {
        const std::lock_guard lock(mutex_);
        running_.erase(key);
    });
    const std::string sent = digest(request.body);
    const auto known = file_.answer(key);
    if (!known) return core::Failure(known.error());
    if (*known) {
        if ((*known)->request_digest == sent) return replay(**known);
        return core::fail(core::Errc::unprocessable, "this Idempotency-Key was used for another body");
    }
    auto response = handle();
    if (!response && core::http_status(response.error().code) < 500)
        response = http::problem(response.error(), request.request_id);
    if (!response || response->status >= 500) return response;
    RememberedAnswer answer{sent,
                            response->status,
                            std::string(response->headers.get("Content-Type")),
                            std::string(response->headers.get("ETag")),
                            {}};
    if (const auto* text = std::get_if<std::string>(&response->body))
        answer.body = *text;
    else if (const auto* shared = std::get_if<std::shared_ptr<const std::string>>(&response->body))
        answer.body = **shared;
    // The write has happened: that its answer could not be kept must not make it look failed.
    (void)file_.remember(key, answer, clock_.now());
    return response;
}

}  // namespace qd::opsd
