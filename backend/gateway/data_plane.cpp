#include "gateway/data_plane.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/files.hpp"
#include "gateway/session.hpp"

namespace qd::gateway {
namespace {

using core::Errc;
using core::fail;
using http::Method;

/// Read into memory for whoever asks, with a token or not: nothing of the API but uploads needs more.
constexpr std::uint64_t api_body_bytes = 64 << 10;
constexpr std::uint64_t spare_disk_bytes = 64ull << 20;  // stays free when an upload is admitted

bool is_playlist(std::string_view path) {
    return path.ends_with(".m3u8");
}

void set_if_absent(http::Headers& headers, std::string_view name, std::string_view value) {
    if (!headers.has(name)) headers.add(name, std::string(value));
}

}  // namespace

struct DataPlane::Pending {
    std::shared_ptr<const http::Request> request;
    http::Responder responder;
    Choice choice;
};

DataPlane::DataPlane(Parts parts)
    : parts_(std::move(parts)),
      limiter_(parts_.options.rate_limit.most_clients),
      served_by_(fmt::format("{}/{}/{}", parts_.options.identity.service, parts_.options.identity.version,
                             parts_.options.identity.instance)) {}

void DataPlane::add_routes(http::Server& server) {
    http::RouteOptions api{.name = "/api",
                           .memory_limit_bytes = api_body_bytes,
                           .body_limit_bytes = api_body_bytes,
                           .admit = {}};
    const auto named = [&](std::string name) {
        http::RouteOptions options = api;
        options.name = std::move(name);
        return options;
    };
    server.route(Method::get, "/api/v1/stream/{id}", handler(Kind::api), named("/api/v1/stream/:id"));
    server.route(Method::get, "/api/v1/videos", handler(Kind::api), named("/api/v1/videos"));
    for (const Method method : {Method::get, Method::put, Method::patch})
        server.route(method, "/api/v1/videos/{id}", handler(Kind::api), named("/api/v1/videos/:id"));
    server.route(Method::del, "/api/v1/videos/{id}", handler(Kind::removal), named("/api/v1/videos/:id"));
    server.route(Method::post, "/api/v1/analytics/playback", handler(Kind::beacon),
                 named("/api/v1/analytics/playback"));
    for (const Method method : {Method::get, Method::post, Method::put, Method::patch, Method::del})
        server.route(method, "/api/{rest...}", handler(Kind::api), api);
    server.route(Method::get, "/media/{path...}", handler(Kind::media), named("/media"));

    http::RouteOptions upload{
        .name = "/api/v1/upload", .body_limit_bytes = parts_.options.upload_limit_bytes, .admit = {}};
    upload.admit = [this](const http::Request& request) { return admit_upload(request); };
    server.route(Method::post, "/api/v1/upload", handler(Kind::upload), std::move(upload));

    server.fallback([this](http::Request&& request, http::Responder&& responder) {
        auto shared = std::make_shared<const http::Request>(std::move(request));
        Pending pending{shared, std::move(responder), {}};
        answer(pending, http::problem(404, "there is nothing at this path", shared->request_id),
               CacheResult::bypass);
    });
}

http::Handler DataPlane::handler(Kind kind) {
    return [this, kind](http::Request&& request, http::Responder&& responder) {
        handle(kind, std::move(request), std::move(responder));
    };
}

core::Result<Access> DataPlane::access_of(const http::Request& request) const {
    const std::string_view token = bearer_of(request);
    if (token.empty()) return Access::anonymous;
    if (!parts_.options.authenticate) return fail(Errc::unauthenticated, "no tokens are known here");
    return parts_.options.authenticate(token);
}

core::Result<DataPlane::Choice> DataPlane::choose(const http::Request& request) {
    Choice choice;
    choice.session = session_of(request);
    choice.plan = parts_.split.current();
    const auto wanted = wanted_arm(request);
    if (!wanted) {
        const Draw draw =
            choice.plan->draw(request, choice.session, [this](Arm arm) { return parts_.pool.has_any(arm); });
        choice.arm = draw.arm;
        choice.by = draw.by;
        choice.in_flight = parts_.split.enter(choice.arm);
        return choice;
    }
    const auto arm = parse_arm(*wanted);
    if (!arm) return fail(Errc::invalid_argument, "the arm must be stable, canary or baseline");
    const bool is_signed = parts_.options.signed_url && parts_.options.signed_url(request);
    if (!is_signed && access_of(request).value_or(Access::anonymous) < Access::responder)
        return fail(Errc::permission_denied, "choosing an arm takes a token of role responder or above");
    choice.arm = *arm;
    choice.by = DrawnBy::forced;
    choice.plan->count_forced();
    choice.in_flight = parts_.split.enter(choice.arm);
    return choice;
}

std::optional<http::Response> DataPlane::limit(const http::Request& request, Kind kind) {
    const RateLimitOptions& options = parts_.options.rate_limit;
    if (!options.enabled) return std::nullopt;
    const bool known = access_of(request).value_or(Access::anonymous) > Access::anonymous;
    // Tokens are secrets: the table holds their hash only.
    std::string client = known ? fmt::format("token:{:x}", std::hash<std::string_view>{}(bearer_of(request)))
                               : "address:" + request.remote_address;
    if (kind == Kind::upload) client = "upload:" + client;
    if (kind == Kind::beacon) client = "beacon:" + client;
    const RateClass& rate = kind == Kind::upload   ? options.upload
                            : kind == Kind::beacon ? options.beacons
                            : known                ? options.authenticated
                                                   : options.anonymous;
    const auto verdict = limiter_.take(client, rate, parts_.environment.clock.steady_now());
    if (verdict.allowed) return std::nullopt;
    http::Response response = http::problem(429, "too many requests from this client", request.request_id);
    const double now_s = core::Seconds(parts_.environment.clock.now().time_since_epoch()).count();
    response.headers.add("X-RateLimit-Limit", std::to_string(verdict.limit));
    response.headers.add("X-RateLimit-Remaining", std::to_string(verdict.remaining));
    response.headers.add("X-RateLimit-Reset",
                         fmt::format("{:.0f}", std::ceil(now_s + verdict.reset_after.count())));
    response.headers.add("Retry-After",
                         fmt::format("{:.0f}", std::max(1.0, std::ceil(verdict.retry_after.count()))));
    return response;
}

std::optional<http::Response> DataPlane::admit_upload(const http::Request& request) {
    const auto access = access_of(request);
    if (access.value_or(Access::anonymous) == Access::anonymous) {
        auto refused = http::problem(401, access ? "an upload takes a bearer token" : access.error().message,
                                     request.request_id);
        refused.headers.add("WWW-Authenticate", "Bearer");
        return refused;
    }
    if (auto limited = limit(request, Kind::upload)) return limited;
    const std::string_view length = request.headers.get("Content-Length");
    std::uint64_t bytes = 0;
    std::from_chars(length.data(), length.data() + length.size(), bytes);
    const auto free = core::free_bytes(parts_.options.server.spool_folder);
    if (free && *free < bytes + spare_disk_bytes)
        return http::problem(507, "there is no room for this upload now", request.request_id);
    return std::nullopt;
}

void DataPlane::handle(Kind kind, http::Request&& request, http::Responder&& responder) {
    auto pending = std::make_shared<Pending>(
        Pending{std::make_shared<const http::Request>(std::move(request)), std::move(responder), {}});
    auto choice = choose(*pending->request);
    if (!choice)
        return answer(*pending, http::problem(choice.error(), pending->request->request_id),
                      CacheResult::bypass);
    pending->choice = std::move(*choice);
    if (kind != Kind::upload)
        if (auto limited = limit(*pending->request, kind))
            return answer(*pending, std::move(*limited), CacheResult::bypass);
    if (kind == Kind::beacon) return report(pending);
    if (kind != Kind::upload) mirror(*pending);
    if (kind == Kind::media) return serve_media(pending);
    pass_on(pending, kind);
}

/// What a person sends to an arm by hand stays there.
void DataPlane::mirror(const Pending& pending) {
    const Choice& choice = pending.choice;
    if (choice.by == DrawnBy::forced || !choice.plan->wants_copy(*pending.request, choice.arm)) return;
    choice.plan->count_copy(parts_.mirror.send(*pending.request, choice.session));
}

void DataPlane::serve_media(const std::shared_ptr<Pending>& pending) {
    if (parts_.cache == nullptr || is_playlist(pending->request->path)) {
        parts_.metrics.cached(CacheResult::bypass);
        return pass_on(pending, Kind::media);
    }
    // While versions differ, what one arm made must not be served to the other's viewers.
    const bool versions_differ = pending->choice.plan->tells_arms_apart() ||
                                 parts_.pool.has_any(Arm::canary) || parts_.pool.has_any(Arm::baseline);
    const Arm arm = versions_differ ? pending->choice.arm : Arm::stable;
    const std::string key = to_string(arm)[0] + cache_path(*pending->request);
    const auto fetch = [this, pending](const std::string& etag, std::function<void(http::Response)> done) {
        Errand errand{pending->request,
                      pending->choice.arm,
                      pending->choice.session,
                      Purpose::fill_cache,
                      etag,
                      parts_.options.upstream_timeout};
        parts_.proxy.send(std::move(errand), std::move(done));
    };
    parts_.cache->serve(pending->request, key, fetch,
                        [this, pending](http::Response response, CacheResult result) {
                            parts_.metrics.cached(result);
                            answer(*pending, std::move(response), result);
                        });
}

void DataPlane::pass_on(const std::shared_ptr<Pending>& pending, Kind kind) {
    const auto timeout =
        kind == Kind::upload ? parts_.options.upload_timeout : parts_.options.upstream_timeout;
    Errand errand{pending->request, pending->choice.arm, pending->choice.session, Purpose::pass_on, {},
                  timeout};
    parts_.proxy.send(std::move(errand), [this, pending, kind](http::Response response) {
        if (kind == Kind::removal && response.status < 300) purge_video(pending->request->capture("id"));
        answer(*pending, std::move(response), CacheResult::bypass);
    });
}

void DataPlane::report(const std::shared_ptr<Pending>& pending) {
    Choice& choice = pending->choice;
    http::Headers headers{{"X-Quarterdeck-Session-Arm", std::string(to_string(choice.arm))},
                          {"X-Quarterdeck-Session-Version", parts_.pool.version_of(choice.arm)}};
    if (parts_.pool.has_any(Arm::stable)) choice.arm = Arm::stable;
    Errand errand{pending->request,
                  choice.arm,
                  choice.session,
                  Purpose::pass_on,
                  {},
                  parts_.options.upstream_timeout,
                  choice.session,
                  std::move(headers)};
    parts_.proxy.send(std::move(errand), [this, pending](http::Response response) {
        answer(*pending, std::move(response), CacheResult::bypass);
    });
}

void DataPlane::purge_video(std::string_view id) {
    if (parts_.cache == nullptr) return;
    const std::string part = "/media/" + std::string(id) + "/";
    parts_.cache->purge([&](std::string_view key) { return key.substr(1).starts_with(part); });
}

void DataPlane::answer(Pending& pending, http::Response response, CacheResult result) const {
    http::Headers& headers = response.headers;
    set_if_absent(headers, "X-Served-By", served_by_);
    set_if_absent(headers, "X-Attempts", "0");
    headers.set("X-Cache", std::string(to_string(result)));
    headers.set("X-Quarterdeck-Arm", std::string(to_string(pending.choice.arm)));
    headers.set("X-Quarterdeck-Arm-By", std::string(to_string(pending.choice.by)));
    pending.responder.send(std::move(response));
}

}  // namespace qd::gateway
