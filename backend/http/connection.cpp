#include "http/connection.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "http/request_target.hpp"

namespace qd::http {
namespace {

namespace chr = std::chrono;
using Status = RequestParser::Status;

constexpr std::size_t small_buffer = 4 << 10;
constexpr std::size_t large_buffer = 256 << 10;  // for bodies that do not fit into one read
constexpr chr::milliseconds linger_time{3'000};
/// A body must come at this average at least, beyond the idle timeout it is granted.
constexpr std::int64_t slowest_body_bytes_per_s = 1'024;

/// A full disk is the client's to know (507); anything else about our spool is our trouble alone.
Response spool_failure(const core::Error& error, std::string_view request_id) {
    if (error.code == core::Errc::no_space)
        return problem(507, "there is no room for this body now", request_id);
    return problem(503, "the body could not be stored for now", request_id);
}

core::SteadyTime now() {
    return chr::steady_clock::now();
}

}  // namespace

Connection::Connection(std::shared_ptr<IoThread> io, Socket socket, std::string remote_address)
    : io_(std::move(io)),
      state_of_server_(*io_->state),
      socket_(std::move(socket)),
      remote_address_(std::move(remote_address)),
      buffer_(small_buffer),
      parser_(state_of_server_.options.max_header_bytes, state_of_server_.options.most_headers) {
    ++state_of_server_.connections;
}

Connection::~Connection() {
    state_of_server_.connection_ended();
}

void Connection::start() {
    boost::system::error_code ignored;
    socket_->non_blocking(true, ignored);
    socket_->native_non_blocking(true, ignored);
    socket_->set_option(asio::ip::tcp::no_delay(true), ignored);
    deadline_ = now() + state_of_server_.options.header_timeout;
    if (state_of_server_.draining) return close();
    advance();
}

void Connection::advance() {
    // A loop rather than calls into each other: a pipelining client must not deepen the stack.
    while (true) {
        bool more = false;
        switch (state_) {
            case State::head:
                more = advance_head();
                break;
            case State::body:
                more = advance_body();
                break;
            case State::answer:
                more = advance_answer();
                break;
            default:
                break;
        }
        if (!more) return;
    }
}

// ---- reading ----

void Connection::read_more() {
    if (begin_ > 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    const std::size_t wanted =
        state_ == State::body ? large_buffer : state_of_server_.options.max_header_bytes + 1;
    // A body that has filled the buffer several times over is worth larger reads.
    if (state_ == State::body && body_.size() >= buffer_.size() * 4 && buffer_.size() < large_buffer)
        buffer_.resize(std::min(buffer_.size() * 4, large_buffer));
    if (end_ == buffer_.size())
        buffer_.resize(std::max(std::min(buffer_.size() * 4, wanted), buffer_.size() + 1024));
    reading_ = true;
    socket_->async_read_some(asio::buffer(buffer_.data() + end_, buffer_.size() - end_),
                             [self = shared_from_this()](const boost::system::error_code& error,
                                                         std::size_t bytes) { self->on_read(error, bytes); });
}

void Connection::on_read(const boost::system::error_code& error, std::size_t bytes) {
    reading_ = false;
    end_ += bytes;
    switch (state_) {
        case State::head:
        case State::body:
            if (timed_out_) {
                refuse(408, "the request did not arrive in time");
                return advance();
            }
            if (error) return close();
            if (state_ == State::head && !in_request_ && begin_ == 0 && end_ == bytes)
                deadline_ = now() + state_of_server_.options.header_timeout;  // the first bytes of a head
            return advance();
        case State::streaming:
            // A client says nothing while it is streamed to: what comes is dropped, but its end ends the
            // stream.
            begin_ = end_ = 0;
            if (error) return close();
            return read_more();
        case State::lingering:
            begin_ = end_ = 0;
            if (error) return close();
            return read_more();
        default:
            return;
    }
}

bool Connection::advance_head() {
    while (begin_ < end_ && (buffer_[begin_] == '\r' || buffer_[begin_] == '\n')) ++begin_;  // RFC 9112, 2.2
    if (begin_ == end_) {
        if (state_of_server_.draining)
            close();
        else
            read_more();
        return false;
    }
    std::size_t used = 0;
    const Status status = parser_.parse_head(unread(), used);
    begin_ += used;
    switch (status) {
        case Status::head_done:
            return take_head();
        case Status::need_more:
            if (end_ - begin_ > state_of_server_.options.max_header_bytes)
                return refuse(431, "the head is too large");
            read_more();
            return false;
        case Status::head_too_large:
            return refuse(431, "the head is too large");
        case Status::unsupported_version:
            return refuse(505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
        default:
            return refuse(400, "this is no HTTP request");
    }
}

void Connection::fill_request(RequestHead& head) {
    request_ = Request{};
    request_.method = head.method.value_or(Method::get);
    request_.headers = std::move(head.headers);
    request_.remote_address = remote_address_;
    const auto id = request_.headers.get("X-Request-Id");
    request_.request_id = is_sane_request_id(id) ? std::string(id) : io_->random.hex(8);
    const auto parent = telemetry::parse_traceparent(request_.headers.get("traceparent"));
    request_.trace = parent ? telemetry::child_of(*parent, io_->random) : telemetry::new_trace(io_->random);
    request_.route = "unmatched";
}

/// Whatever is wrong with a head before anybody handles it. Fills the request on the way.
std::optional<Response> Connection::check_head(const RequestHead& head) {
    const ServerOptions& options = state_of_server_.options;
    const auto refusal = [&](unsigned status, std::string_view detail) {
        return problem(status, detail, request_.request_id);
    };
    const auto hosts = std::count_if(request_.headers.begin(), request_.headers.end(), [](const auto& field) {
        return equals_ignoring_case(field.first, "Host");
    });
    if (hosts > 1 || (hosts == 0 && head.version == 11)) return refusal(400, "exactly one Host is needed");
    if (auto target = read_target(head.target, request_); !target)
        return refusal(400, target.error().message);
    if (!options.allowed_hosts.empty()) {
        const auto host = host_without_port(request_.headers.get("Host"));
        const auto same = [&](const std::string& allowed) { return equals_ignoring_case(allowed, host); };
        if (std::none_of(options.allowed_hosts.begin(), options.allowed_hosts.end(), same))
            return refusal(421, "this server does not answer for that host");
    }
    if (!head.method) return refusal(501, "this method is not known here");

    Router::Match match = state_of_server_.router.match(request_.method, request_.path);
    if (match.route == nullptr && !match.allow.empty()) {
        Response response = refusal(405, "this path does not take that method");
        response.headers.add("Allow", match.allow);
        return response;
    }
    route_ = match.route ? match.route : &state_of_server_.fallback;
    request_.captures = std::move(match.captures);
    request_.route = route_->options.name;

    if (head.content_length.value_or(0) > route_->options.body_limit_bytes) {
        Response response =
            refusal(413, fmt::format("at most {} bytes are taken here", route_->options.body_limit_bytes));
        response.headers.add("X-Body-Limit", std::to_string(route_->options.body_limit_bytes));
        return response;
    }
    if (route_->options.admit) return route_->options.admit(request_);
    return std::nullopt;
}

bool Connection::take_head() {
    RequestHead& head = parser_.head();
    started_at_ = now();
    in_request_ = true;
    route_ = nullptr;
    keep_alive_ = head.keep_alive && head.version == 11;
    http_1_0_ = head.version == 10;
    const bool has_body = head.chunked || head.content_length.value_or(0) > 0;
    input_left_ = has_body;
    fill_request(head);
    std::optional<Response> refusal = check_head(head);
    summary_.method = request_.method;
    summary_.target = request_.target;
    summary_.path = request_.path;
    summary_.remote_address = request_.remote_address;
    summary_.route = request_.route;
    summary_.request_id = request_.request_id;
    summary_.trace = request_.trace;
    if (refusal) return refuse(std::move(*refusal));
    if (!has_body) return dispatch();

    body_.begin(route_->options.memory_limit_bytes, route_->options.body_limit_bytes,
                state_of_server_.options.spool_folder);
    if (head.expects_continue && begin_ == end_) {
        static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        // Nothing else is under way to this client: 25 bytes fit, or the client is gone, as the next read
        // will tell.
        [[maybe_unused]] const auto sent =
            ::send(socket_->native_handle(), go_on.data(), go_on.size(), MSG_NOSIGNAL);
    }
    state_ = State::body;
    body_started_at_ = started_at_;
    deadline_ = started_at_ + state_of_server_.options.idle_timeout;
    return true;
}

bool Connection::advance_body() {
    std::size_t used = 0;
    const Status status = parser_.parse_body(unread(), used, body_);
    begin_ += used;
    switch (status) {
        case Status::done:
            input_left_ = false;
            if (body_.needs_final_flush()) return spool();
            body_.finish(request_);
            return dispatch();
        case Status::need_more: {
            const auto earned = chr::seconds(std::int64_t(body_.size()) / slowest_body_bytes_per_s);
            const auto idle = state_of_server_.options.idle_timeout;
            deadline_ = std::min(now() + idle, body_started_at_ + idle + earned);
            if (body_.wants_flush()) return spool();
            read_more();
            return false;
        }
        case Status::body_too_large: {
            Response response =
                problem(413, fmt::format("at most {} bytes are taken here", route_->options.body_limit_bytes),
                        request_.request_id);
            response.headers.add("X-Body-Limit", std::to_string(route_->options.body_limit_bytes));
            return refuse(std::move(response));
        }
        default:
            return refuse(400, "the body is framed wrongly");
    }
}

bool Connection::spool() {
    state_ = State::spooling;
    state_of_server_.workers->post([self = shared_from_this()] {
        core::Result<> written = self->body_.flush();
        self->io_->post([self, written = std::move(written)] {
            if (self->state_ != State::spooling) return;
            self->state_ = State::body;
            if (!written) self->refuse(spool_failure(written.error(), self->request_.request_id));
            self->advance();
        });
    });
    return false;
}

// ---- handling ----

bool Connection::refuse(unsigned status, std::string_view detail) {
    if (!in_request_) {  // no head was understood
        in_request_ = true;
        started_at_ = now();
        RequestHead none;
        fill_request(none);
        summary_ = request_;
        http_1_0_ = false;
        input_left_ = true;  // where the next request would begin cannot be known
    }
    return refuse(problem(status, detail, request_.request_id));
}

bool Connection::refuse(Response response) {
    if (input_left_) keep_alive_ = false;
    state_ = State::handling;
    accept_answer(number_, std::move(response));
    return true;
}

bool Connection::dispatch() {
    state_ = State::handling;
    in_handler_ = true;
    Responder responder([self = shared_from_this(), number = number_](Response&& response) {
        self->deliver(number, std::move(response));
    });
    route_->handler(std::move(request_), std::move(responder));
    in_handler_ = false;
    return state_ == State::answer;
}

void Connection::deliver(std::uint64_t number, Response&& response) {
    if (IoThread::current() == io_.get()) {
        accept_answer(number, std::move(response));
        if (!in_handler_) advance();
        return;
    }
    io_->post([self = shared_from_this(), number, response = std::move(response)]() mutable {
        self->accept_answer(number, std::move(response));
        self->advance();
    });
}

void Connection::accept_answer(std::uint64_t number, Response&& response) {
    if (state_ != State::handling || number != number_) return;
    answer_ = std::move(response);
    answered_at_ = now();
    answer_begun_ = false;
    state_ = State::answer;
}

// ---- writing ----

void Connection::begin_answer() {
    answer_begun_ = true;
    const bool stream = std::holds_alternative<StreamBody>(answer_.body);
    if (state_of_server_.draining || stream) keep_alive_ = false;
    const std::string traceparent = telemetry::format_traceparent(summary_.trace);
    HeadContext context;
    context.method = summary_.method;
    context.http_1_0 = http_1_0_;
    context.keep_alive = keep_alive_;
    context.date = io_->date();
    context.server = state_of_server_.options.server_header;
    context.request_id = summary_.request_id;
    context.traceparent = traceparent;
    writer_.head().clear();
    framing_ = append_head(writer_.head(), answer_, context);
    if (stream)
        writer_.begin(std::string{}, false);
    else
        writer_.begin(std::move(answer_.body), framing_.send_body);
    deadline_ = answered_at_ + state_of_server_.options.idle_timeout;
}

bool Connection::advance_answer() {
    if (answer_.reset) {
        boost::system::error_code ignored;
        socket_->set_option(asio::socket_base::linger(true, 0), ignored);
        close();
        return false;
    }
    if (!answer_begun_) begin_answer();
    const std::uint64_t before = writer_.sent_bytes();
    const auto progress = writer_.write_some(socket_->native_handle());
    if (progress == ResponseWriter::Progress::done) return answer_written();
    if (progress == ResponseWriter::Progress::failed) {
        close();
        return false;
    }
    if (writer_.sent_bytes() > before) deadline_ = now() + state_of_server_.options.idle_timeout;
    if (progress == ResponseWriter::Progress::blocked)
        wait_writable();
    else
        asio::post(io_->context, [self = shared_from_this()] { self->advance(); });
    return false;
}

void Connection::wait_writable() {
    socket_->async_wait(Socket::wait_write,
                        [self = shared_from_this()](const boost::system::error_code& error) {
                            if (self->state_ == State::closed) return;
                            if (error) return self->close();
                            if (self->state_ == State::streaming)
                                self->pump_stream();
                            else
                                self->advance();
                        });
}

bool Connection::answer_written() {
    if (auto* stream = std::get_if<StreamBody>(&answer_.body); stream && framing_.send_body) {
        start_stream(std::move(*stream));
        return false;
    }
    complete(false);
    writer_.clear();
    answer_ = Response{};
    if (!keep_alive_) {
        if (input_left_)
            linger();
        else
            close();
        return false;
    }
    ++number_;
    parser_.reset();
    if (buffer_.size() > state_of_server_.options.max_header_bytes && end_ - begin_ <= small_buffer) {
        const std::string rest(unread());
        buffer_ = std::vector<char>(small_buffer);
        std::copy(rest.begin(), rest.end(), buffer_.begin());
        begin_ = 0;
        end_ = rest.size();
    }
    state_ = State::head;
    deadline_ = now() + state_of_server_.options.idle_timeout;
    return true;
}

// ---- streams ----

void Connection::start_stream(StreamBody body) {
    state_ = State::streaming;
    deadline_ = core::SteadyTime::max();
    stream_bytes_ = 0;
    stream_ = std::make_shared<StreamQueue>(framing_.chunked, [weak = weak_from_this(), io = io_] {
        io->post([weak] {
            if (const auto self = weak.lock(); self && self->state_ == State::streaming) self->pump_stream();
        });
    });
    writer_.head().clear();
    writer_.begin(std::string{}, false);
    begin_ = end_ = 0;
    if (!reading_) read_more();
    if (state_of_server_.draining) stream_->close();
    if (body.start)
        body.start(stream_);
    else
        stream_->close();
}

void Connection::pump_stream() {
    while (true) {
        const std::uint64_t before = writer_.sent_bytes();
        const auto progress = writer_.write_some(socket_->native_handle());
        if (progress == ResponseWriter::Progress::failed) return close();
        if (writer_.sent_bytes() > before) deadline_ = now() + state_of_server_.options.idle_timeout;
        if (progress == ResponseWriter::Progress::blocked) return wait_writable();
        stream_bytes_ += writer_.sent_bytes();
        StreamQueue::Taken taken = stream_->take();
        if (taken.overflow) return close();
        const bool nothing = taken.bytes.empty();
        writer_.head() = std::move(taken.bytes);
        writer_.begin(std::string{}, false);
        if (!nothing) {
            deadline_ = now() + state_of_server_.options.idle_timeout;
            continue;
        }
        deadline_ = core::SteadyTime::max();  // waits for its producer
        if (!taken.ended) return;
        complete(false);
        stream_->disconnect();
        return linger();
    }
}

// ---- ends ----

void Connection::complete(bool aborted) {
    if (!in_request_) return;
    in_request_ = false;
    const auto end = now();
    const bool unanswered = !answer_begun_;
    Completion completion;
    completion.request = &summary_;
    completion.response = unanswered ? nullptr : &answer_.headers;
    completion.route = summary_.route;
    completion.status = unanswered ? 0 : answer_.status;
    completion.sent_bytes = unanswered ? 0 : writer_.sent_bytes() + stream_bytes_;
    completion.duration = end - started_at_;
    completion.to_first_byte = unanswered ? completion.duration : answered_at_ - started_at_;
    completion.aborted = aborted;
    for (const auto& observer : state_of_server_.observers) observer(completion);
    answer_begun_ = false;
    stream_bytes_ = 0;
}

void Connection::linger() {
    if (state_ == State::closed) return;
    boost::system::error_code ignored;
    socket_->shutdown(Socket::shutdown_send, ignored);
    state_ = State::lingering;
    deadline_ = now() + linger_time;
    begin_ = end_ = 0;
    if (!reading_) read_more();
}

void Connection::close() {
    if (state_ == State::closed) return;
    const auto self = shared_from_this();
    complete(true);
    state_ = State::closed;
    if (stream_) stream_->disconnect();
    stream_.reset();
    writer_.clear();
    answer_ = Response{};
    request_ = Request{};
    boost::system::error_code ignored;
    socket_->close(ignored);
    io_->connections.erase(self);
}

void Connection::check_deadline(core::SteadyTime at) {
    if (at < deadline_) return;
    switch (state_) {
        case State::head:
            if (begin_ == end_) return close();
            [[fallthrough]];
        case State::body: {
            // The pending read ends with an error and answers with 408.
            boost::system::error_code ignored;
            timed_out_ = true;
            if (reading_) socket_->cancel(ignored);
            return;
        }
        case State::answer:
        case State::streaming:
            return close();
        case State::lingering:
            return close();
        default:
            return;
    }
}

void Connection::drain() {
    if (state_ == State::head && begin_ == end_) return close();
    if (stream_) stream_->close();
}

}  // namespace qd::http
