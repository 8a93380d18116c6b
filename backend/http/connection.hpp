#pragma once
// One client's connection: reads requests one after the other, has them handled, writes the answers. Includes
// Asio: for server.cpp and connection.cpp only.

#include <memory>
#include <string>
#include <vector>

#include "http/io_thread.hpp"

#include <boost/asio/ip/tcp.hpp>

#include "http/body_collector.hpp"
#include "http/exchange.hpp"
#include "http/input_buffer.hpp"
#include "http/request_parser.hpp"
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

    bool take_head();
    bool refuse(Response response);  // answers at once and ends the connection if it cannot go on
    bool refuse(unsigned status, std::string_view detail);
    bool spool();
    bool dispatch();
    void deliver(std::uint64_t number, Response&& response);
    void accept_answer(std::uint64_t number, Response&& response);

    void wait_writable();
    bool answer_written();
    void start_stream(StreamBody body);
    void pump_stream();
    void linger();

    const std::shared_ptr<IoThread> io_;
    ServerState& server_;
    std::optional<Socket> socket_;

    State state_ = State::head;
    core::SteadyTime deadline_;
    InputBuffer input_;
    bool reading_ = false;
    bool head_begun_ = false;  // bytes of the next head have come
    bool timed_out_ = false;
    RequestParser parser_;
    BodyCollector body_;
    bool input_left_ = false;  // the current request has not been read to its end

    Exchange exchange_;
    std::uint64_t number_ = 0;  // of the request, so that a late answer to an earlier one is told apart
    bool in_handler_ = false;
    Framing framing_;
    ResponseWriter writer_;
    std::shared_ptr<StreamQueue> stream_;
    std::uint64_t stream_bytes_ = 0;
};

}  // namespace qd::http
