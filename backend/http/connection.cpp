#include "http/connection.hpp"

#include <sys/socket.h>

#include <algorithm>

namespace qd::http {
namespace {

namespace chr = std::chrono;
using Status = RequestParser::Status;

constexpr std::size_t small_buffer = 4 << 10;
constexpr std::size_t large_buffer = 256 << 10;  // for bodies that do not fit into one read
constexpr chr::milliseconds linger_time{3'000};
/// A body must come at this average at least, beyond the idle timeout it is granted.
constexpr std::int64_t slowest_body_bytes_per_s = 1'024;

core::SteadyTime now() {
    return chr::steady_clock::now();
}

}  // namespace

Connection::Connection(std::shared_ptr<IoThread> io, Socket socket, std::string remote_address)
    : io_(std::move(io)),
      server_(*io_->state),
      socket_(std::move(socket)),
      input_(small_buffer),
      parser_(server_.options.max_header_bytes, server_.options.most_headers),
      exchange_(server_, std::move(remote_address)) {
    ++server_.connections;
}

Connection::~Connection() {
    server_.connection_ended();
}

void Connection::start() {
    boost::system::error_code ignored;
    socket_->non_blocking(true, ignored);
    socket_->native_non_blocking(true, ignored);
    socket_->set_option(asio::ip::tcp::no_delay(true), ignored);
    deadline_ = now() + server_.options.header_timeout;
    if (server_.draining) return close();
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
    const bool in_body = state_ == State::body;
    // A body that has filled the buffer several times over is worth larger reads.
    const bool long_body = in_body && body_.size() >= input_.capacity() * 4;
    const std::size_t most = in_body ? large_buffer : server_.options.max_header_bytes + 1;
    const auto room = input_.room(long_body ? std::min(input_.capacity() * 4, large_buffer) : 0, most);
    reading_ = true;
    socket_->async_read_some(asio::buffer(room.data(), room.size()),
                             [self = shared_from_this()](const boost::system::error_code& error,
                                                         std::size_t bytes) { self->on_read(error, bytes); });
}

void Connection::on_read(const boost::system::error_code& error, std::size_t bytes) {
    reading_ = false;
    input_.received(bytes);
    switch (state_) {
        case State::head:
        case State::body:
            if (timed_out_) {
                refuse(408, "the request did not arrive in time");
                return advance();
            }
            if (error) return close();
            if (state_ == State::head && !head_begun_) {  // its first bytes: no later ones buy more time
                head_begun_ = true;
                deadline_ = now() + server_.options.header_timeout;
            }
            return advance();
        case State::streaming:
            // A client says nothing while it is streamed to: what comes is dropped, but its end ends the
            // stream.
            input_.clear();
            if (error) return close();
            return read_more();
        case State::lingering:
            input_.clear();
            if (error) return close();
            return read_more();
        default:
            return;
    }
}

bool Connection::advance_head() {
    input_.skip_line_breaks();
    if (input_.empty()) {
        if (server_.draining)
            close();
        else
            read_more();
        return false;
    }
    std::size_t used = 0;
    const Status status = parser_.parse_head(input_.unread(), used);
    input_.consume(used);
    switch (status) {
        case Status::head_done:
            return take_head();
        case Status::need_more:
            if (input_.unread().size() > server_.options.max_header_bytes)
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

bool Connection::take_head() {
    RequestHead& head = parser_.head();
    std::optional<Response> refusal = exchange_.begin(head, io_->random, now());
    input_left_ = exchange_.has_body();
    if (refusal) return refuse(std::move(*refusal));
    if (!exchange_.has_body()) return dispatch();

    const RouteOptions& route = exchange_.route().options;
    body_.begin(route.memory_limit_bytes, route.body_limit_bytes, server_.options.spool_folder);
    if (head.expects_continue && input_.empty()) {
        static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        // Nothing else is under way to this client: 25 bytes fit, or the client is gone, as the next read
        // will tell.
        [[maybe_unused]] const auto sent =
            ::send(socket_->native_handle(), go_on.data(), go_on.size(), MSG_NOSIGNAL);
    }
    state_ = State::body;
    deadline_ = exchange_.started_at() + server_.options.idle_timeout;
    return true;
}

bool Connection::advance_body() {
    std::size_t used = 0;
    const Status status = parser_.parse_body(input_.unread(), used, body_);
    input_.consume(used);
    switch (status) {
        case Status::done:
            input_left_ = false;
            if (body_.needs_final_flush()) return spool();
            body_.finish(exchange_.request());
            return dispatch();
        case Status::need_more: {
            const auto earned = chr::seconds(std::int64_t(body_.size()) / slowest_body_bytes_per_s);
            const auto idle = server_.options.idle_timeout;
            deadline_ = std::min(now() + idle, exchange_.started_at() + idle + earned);
            if (body_.wants_flush()) return spool();
            read_more();
            return false;
        }
        case Status::body_too_large:
            return refuse(exchange_.too_large());
        default:
            return refuse(400, "the body is framed wrongly");
    }
}

bool Connection::spool() {
    state_ = State::spooling;
    server_.workers->post([self = shared_from_this()] {
        core::Result<> written = self->body_.flush();
        self->io_->post([self, written = std::move(written)] {
            if (self->state_ != State::spooling) return;
            self->state_ = State::body;
            if (!written) self->refuse(spool_failure(written.error(), self->exchange_.request_id()));
            self->advance();
        });
    });
    return false;
}

// ---- handling ----

bool Connection::refuse(unsigned status, std::string_view detail) {
    if (!exchange_.under_way()) {  // no head was understood, so where the next one would begin is unknown
        exchange_.begin_unknown(io_->random, now());
        input_left_ = true;
    }
    return refuse(problem(status, detail, exchange_.request_id()));
}

bool Connection::refuse(Response response) {
    if (input_left_) exchange_.end_connection();
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
    try {
        exchange_.route().handler(std::move(exchange_.request()), std::move(responder));
    } catch (const std::exception&) {
        // One request must not end the process with all the others: the responder, dropped by now, has
        // answered 500.
    }
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
    exchange_.set_answer(std::move(response), now());
    state_ = State::answer;
}

// ---- writing ----

bool Connection::advance_answer() {
    if (exchange_.answer().reset) {
        boost::system::error_code ignored;
        socket_->set_option(asio::socket_base::linger(true, 0), ignored);
        close();
        return false;
    }
    if (!exchange_.answer_begun()) {
        framing_ = exchange_.begin_answer(writer_, io_->date());
        deadline_ = exchange_.answered_at() + server_.options.idle_timeout;
    }
    const std::uint64_t before = writer_.sent_bytes();
    const auto progress = writer_.write_some(socket_->native_handle());
    if (progress == ResponseWriter::Progress::done) return answer_written();
    if (progress == ResponseWriter::Progress::failed) {
        close();
        return false;
    }
    if (writer_.sent_bytes() > before) deadline_ = now() + server_.options.idle_timeout;
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
    if (auto* stream = std::get_if<StreamBody>(&exchange_.answer().body); stream && framing_.send_body) {
        start_stream(std::move(*stream));
        return false;
    }
    exchange_.complete(false, writer_.sent_bytes());
    writer_.clear();
    exchange_.clear();
    if (!exchange_.keeps_connection()) {
        // With input unread, closing would reset the connection and might take the answer with it.
        if (input_left_ || server_.draining || !input_.empty())
            linger();
        else
            close();
        return false;
    }
    ++number_;
    head_begun_ = false;
    parser_.reset();
    input_.shrink();
    state_ = State::head;
    deadline_ = now() + server_.options.idle_timeout;
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
    input_.clear();
    if (!reading_) read_more();
    if (server_.draining) stream_->close();
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
        if (writer_.sent_bytes() > before) deadline_ = now() + server_.options.idle_timeout;
        if (progress == ResponseWriter::Progress::blocked) return wait_writable();
        stream_bytes_ += writer_.sent_bytes();
        StreamQueue::Taken taken = stream_->take();
        if (taken.overflow) return close();
        const bool nothing = taken.bytes.empty();
        writer_.head() = std::move(taken.bytes);
        writer_.begin(std::string{}, false);
        if (!nothing) {
            deadline_ = now() + server_.options.idle_timeout;
            continue;
        }
        deadline_ = core::SteadyTime::max();  // waits for its producer
        if (!taken.ended) return;
        exchange_.complete(false, stream_bytes_);
        stream_->disconnect();
        return linger();
    }
}

// ---- ends ----

void Connection::linger() {
    if (state_ == State::closed) return;
    boost::system::error_code ignored;
    socket_->shutdown(Socket::shutdown_send, ignored);
    state_ = State::lingering;
    deadline_ = now() + linger_time;
    input_.clear();
    if (!reading_) read_more();
}

void Connection::close() {
    if (state_ == State::closed) return;
    const auto self = shared_from_this();
    exchange_.complete(true, stream_bytes_ + writer_.sent_bytes());
    state_ = State::closed;
    if (stream_) stream_->disconnect();
    stream_.reset();
    writer_.clear();
    exchange_.clear();
    boost::system::error_code ignored;
    socket_->close(ignored);
    io_->connections.erase(self);
}

void Connection::check_deadline(core::SteadyTime at) {
    if (at < deadline_) return;
    switch (state_) {
        case State::head:
            if (input_.empty()) return close();
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
    if (state_ == State::head && input_.empty()) return close();
    if (stream_) stream_->close();
}

}  // namespace qd::http
