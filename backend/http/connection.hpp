#pragma once
// One client's connection: reads requests one after the other, has them handled, writes the answers. Includes
// Asio: for server.cpp and connection.cpp only.

#include <memory>
#include <string>
#include <vector>

#include "http/io_thread.hpp"

#include <boost/asio/ip/tcp.hpp>

#include "http/body_collector.hpp"
#include "http/request_parser.hpp"
#include "http/response_head.hpp"
#include "http/response_writer.hpp"
#include "http/stream_queue.hpp"

namespace qd::http {

/// Everything runs on its I/O thread. Kept alive by the thread's set, by its pending operations, and by
/// responders.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    using Socket = asio::ip::tcp::socket;

    Connection(std::shared_ptr<IoThread> io, Socket socket, std::string remote_address);
    ~Connection();

    void start();
    void check_deadline(core::SteadyTime now);
    /// The server is stopping: ends at once when idle, else after the running request.
    void drain();
    /// Now; a request under way counts as aborted.
    void close();

private:
    enum class State {
        head,      // reads a head, or waits for one
        body,      // reads a body
        spooling,  // a worker writes body bytes to a file
        handling,  // waits for the handler's answer
        answer,    // writes it
        streaming,
        lingering,  // has answered without reading all: discards input, so that the answer is not lost to a
                    // reset
        closed,
    };

    // Each returns true when the state machine can go on at once.
    bool advance_head();
    bool advance_body();
    bool advance_answer();
    void advance();

    void read_more();
    void on_read(const boost::system::error_code& error, std::size_t bytes);
    std::string_view unread() const { return {buffer_.data() + begin_, end_ - begin_}; }

    bool take_head();
    bool refuse(Response response);  // answers at once and ends the connection afterwards
    bool refuse(unsigned status, std::string_view detail);
    std::optional<Response> check_head(const RequestHead& head);
    void fill_request(RequestHead& head);
    bool spool();
    bool dispatch();
    void deliver(std::uint64_t number, Response&& response);
    void accept_answer(std::uint64_t number, Response&& response);

    void begin_answer();
    void wait_writable();
    bool answer_written();
    void start_stream(StreamBody body);
    void pump_stream();
    void complete(bool aborted);
    void linger();

    const std::shared_ptr<IoThread> io_;
    ServerState& state_of_server_;
    std::optional<Socket> socket_;
    const std::string remote_address_;

    State state_ = State::head;
    core::SteadyTime deadline_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0, end_ = 0;
    bool reading_ = false;
    bool timed_out_ = false;
    RequestParser parser_;
    BodyCollector body_;

    // Of the current request:
    std::uint64_t number_ = 0;
    bool in_request_ = false;  // its completion has not been told
    Request request_;
    Request summary_;  // what stays for the completion when the request has been handed on
    const Route* route_ = nullptr;
    bool keep_alive_ = true;
    bool http_1_0_ = false;
    bool input_left_ = false;  // its body has not been read to the end
    bool in_handler_ = false;
    Response answer_;
    bool answer_begun_ = false;
    Framing framing_;
    ResponseWriter writer_;
    std::shared_ptr<StreamQueue> stream_;
    std::uint64_t stream_bytes_ = 0;
    core::SteadyTime started_at_, answered_at_, body_started_at_;
};

}  // namespace qd::http
