#include "opsd/context.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "opsd/idempotency.hpp"

namespace qd::opsd {
namespace {

std::string dump(const nlohmann::json& value) {
    // Texts that came from outside may hold bytes that are no UTF-8.
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

void Context::publish(std::string_view type, std::string_view subject, const nlohmann::json& body) const {
    parts_.events.publish(std::string(type), [&](std::uint64_t seq) {
        return dump({{"seq", seq},
                     {"at", core::format_rfc3339(parts_.clock.now())},
                     {"type", type},
                     {"subject", subject},
                     {"body", body}});
    });
}

core::Result<security::Actor> Context::authorize(const http::Request& request, security::Role role) const {
    return parts_.tokens.authorize(request.headers.get("Authorization"), role);
}

void Context::get(http::Server& server, std::string pattern, CallHandler handler) {
    server.route_blocking(http::Method::get, std::move(pattern),
                          [this, handler](const http::Request& request) {
                              const auto actor = authorize(request, security::Role::viewer);
                              if (!actor) return http::problem(actor.error(), request.request_id);
                              auto response = handler(Call{request, *actor});
                              if (!response) return http::problem(response.error(), request.request_id);
                              response->headers.set("Cache-Control", "no-store");
                              return std::move(*response);
                          });
}

void Context::post(http::Server& server, std::string pattern, security::Role role, CallHandler handler,
                   std::uint64_t body_limit_bytes) {
    write(server, http::Method::post, std::move(pattern), role, std::move(handler), body_limit_bytes);
}

void Context::del(http::Server& server, std::string pattern, security::Role role, CallHandler handler) {
    write(server, http::Method::del, std::move(pattern), role, std::move(handler));
}

void Context::write(http::Server& server, http::Method method, std::string pattern, security::Role role,
                    CallHandler handler, std::uint64_t body_limit_bytes) {
    http::RouteOptions options;
    options.memory_limit_bytes = options.body_limit_bytes = body_limit_bytes;
    // Strangers may not fill the memory with what is refused afterwards.
    if (body_limit_bytes > default_body_limit)
        options.admit = [this, role](const http::Request& request) -> std::optional<http::Response> {
            const auto actor = authorize(request, role);
            if (actor) return std::nullopt;
            return http::problem(actor.error(), request.request_id);
        };
    server.route_blocking(
        method, std::move(pattern),
        [this, role, handler](const http::Request& request) {
            const auto actor = authorize(request, role);
            if (!actor) return http::problem(actor.error(), request.request_id);
            const auto handle = [&] { return handler(Call{request, *actor}); };
            auto response =
                parts_.idempotency ? parts_.idempotency->once(request, actor->name, handle) : handle();
            if (!response) return http::problem(response.error(), request.request_id);
            return std::move(*response);
        },
        std::move(options));
}

core::Result<std::optional<std::uint64_t>> if_match(const http::Request& request) {
    std::string_view text = request.headers.get("If-Match");
    if (text.empty() || text == "*") return std::nullopt;
    std::uint64_t version = 0;
    if (text.size() >= 3 && text.front() == '"' && text.back() == '"') {
        text = text.substr(1, text.size() - 2);
        const auto read = std::from_chars(text.data(), text.data() + text.size(), version);
        if (read.ec == std::errc{} && read.ptr == text.data() + text.size()) return version;
    }
    return core::fail(core::Errc::invalid_argument, "If-Match must be a version in quotes, such as \"12\"");
}

http::Response json_response(unsigned status, const nlohmann::json& body,
                             std::optional<std::uint64_t> version) {
    http::Response response = http::Response::json(status, dump(body));
    if (version) response.headers.set("ETag", fmt::format("\"{}\"", *version));
    return response;
}

http::Response precondition_failed(const nlohmann::json& current, std::uint64_t version) {
    return json_response(412, current, version);
}

http::Response list_response(nlohmann::json items, std::optional<std::string> next) {
    nlohmann::json body{{"items", std::move(items)}, {"next", nullptr}};
    if (next) body["next"] = *next;
    return json_response(200, body);
}

}  // namespace qd::opsd
