#include "http/exchange.hpp"

#include <algorithm>

#include "http/request_target.hpp"

namespace qd::http {

void Exchange::fill(RequestHead& head, core::Random& random) {
    request_ = Request{};
    request_.method = head.method.value_or(Method::get);
    request_.headers = std::move(head.headers);
    request_.remote_address = remote_address_;
    const auto id = request_.headers.get("X-Request-Id");
    request_.request_id = is_sane_request_id(id) ? std::string(id) : random.hex(8);
    const auto parent = telemetry::parse_traceparent(request_.headers.get("traceparent"));
    request_.trace = parent ? telemetry::child_of(*parent, random) : telemetry::new_trace(random);
    request_.route = "unmatched";
}

std::optional<Response> Exchange::begin(RequestHead& head, core::Random& random, core::SteadyTime now) {
    started_at_ = now;
    under_way_ = true;
    route_ = nullptr;
    keep_alive_ = head.keep_alive && head.version == 11;
    http_1_0_ = head.version == 10;
    has_body_ = head.chunked || head.content_length.value_or(0) > 0;
    fill(head, random);
    std::optional<Response> refusal = check(head);
    // Assigned one by one: the strings keep their memory from request to request.
    summary_.method = request_.method;
    summary_.target = request_.target;
    summary_.path = request_.path;
    summary_.remote_address = request_.remote_address;
    summary_.route = request_.route;
    summary_.request_id = request_.request_id;
    summary_.trace = request_.trace;
    return refusal;
}

void Exchange::begin_unknown(core::Random& random, core::SteadyTime now) {
    started_at_ = now;
    under_way_ = true;
    route_ = nullptr;
    keep_alive_ = false;
    http_1_0_ = false;
    RequestHead none;
    fill(none, random);
    summary_ = request_;
}

std::optional<Response> Exchange::check(const RequestHead& head) {
    const auto refusal = [&](unsigned status, std::string_view detail) {
        return problem(status, detail, request_.request_id);
    };
    const auto is_host = [](const auto& field) { return equals_ignoring_case(field.first, "Host"); };
    const auto hosts = std::count_if(request_.headers.begin(), request_.headers.end(), is_host);
    if (hosts > 1 || (hosts == 0 && head.version == 11)) return refusal(400, "exactly one Host is needed");
    if (auto target = read_target(head.target, request_); !target)
        return refusal(400, target.error().message);
    const auto& allowed_hosts = server_.options.allowed_hosts;
    if (!allowed_hosts.empty()) {
        const auto host = host_without_port(request_.headers.get("Host"));
        const auto same = [&](const std::string& allowed) { return equals_ignoring_case(allowed, host); };
        if (std::none_of(allowed_hosts.begin(), allowed_hosts.end(), same))
            return refusal(421, "this server does not answer for that host");
    }
    if (!head.method) return refusal(501, "this method is not known here");

    Router::Match match = server_.router.match(request_.method, request_.path);
    if (match.route == nullptr && !match.allow.empty()) {
        Response response = refusal(405, "this path does not take that method");
        response.headers.add("Allow", match.allow);
        return response;
    }
    route_ = match.route ? match.route : &server_.fallback;
    request_.captures = std::move(match.captures);
    request_.route = route_->options.name;
    if (head.content_length.value_or(0) > route_->options.body_limit_bytes) return too_large();
    if (route_->options.admit) return route_->options.admit(request_);
    return std::nullopt;
}

Response Exchange::too_large() const {
    const std::uint64_t limit = route_->options.body_limit_bytes;
    Response response =
        problem(413, fmt::format("at most {} bytes are taken here", limit), request_.request_id);
    response.headers.add("X-Body-Limit", std::to_string(limit));
    return response;
}

void Exchange::set_answer(Response&& answer, core::SteadyTime now) {
    answer_ = std::move(answer);
    answered_at_ = now;
    answer_begun_ = false;
}

Framing Exchange::begin_answer(ResponseWriter& writer, std::string_view date) {
    answer_begun_ = true;
    const bool stream = std::holds_alternative<StreamBody>(answer_.body);
    if (server_.draining || stream) keep_alive_ = false;
    const std::string traceparent = telemetry::format_traceparent(summary_.trace);
    HeadContext context;
    context.method = summary_.method;
    context.http_1_0 = http_1_0_;
    context.keep_alive = keep_alive_;
    context.date = date;
    context.server = server_.options.server_header;
    context.request_id = summary_.request_id;
    context.traceparent = traceparent;
    writer.head().clear();
    const Framing framing = append_head(writer.head(), answer_, context);
    if (stream)
        writer.begin(std::string{}, false);
    else
        writer.begin(std::move(answer_.body), framing.send_body);
    return framing;
}

void Exchange::complete(bool aborted, std::uint64_t sent_bytes) {
    if (!under_way_) return;
    under_way_ = false;
    const bool unanswered = !answer_begun_;
    Completion completion;
    completion.request = &summary_;
    completion.response = unanswered ? nullptr : &answer_.headers;
    completion.route = summary_.route;
    completion.status = unanswered ? 0 : answer_.status;
    completion.sent_bytes = unanswered ? 0 : sent_bytes;
    completion.duration = std::chrono::steady_clock::now() - started_at_;
    completion.to_first_byte = unanswered ? completion.duration : answered_at_ - started_at_;
    completion.aborted = aborted;
    for (const auto& observer : server_.observers) observer(completion);
    answer_begun_ = false;
}

void Exchange::clear() {
    request_ = Request{};
    answer_ = Response{};
}

Response spool_failure(const core::Error& error, std::string_view request_id) {
    if (error.code == core::Errc::no_space)
        return problem(507, "there is no room for this body now", request_id);
    return problem(503, "the body could not be stored for now", request_id);
}

}  // namespace qd::http
