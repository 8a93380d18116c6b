#pragma once
// The HTTP/1.1 server: Asio and Beast parse, sendfile serves. This header shows neither.

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/executor.hpp"
#include "core/result.hpp"
#include "http/message.hpp"

namespace qd::http {

/// Answers one request, once, from any thread. Dropped unanswered: 500. Cheap to move.
class Responder {
public:
    using Sink = std::function<void(Response&&)>;
    explicit Responder(Sink sink);
    ~Responder();
    Responder(Responder&&) noexcept;
    Responder& operator=(Responder&&) noexcept;

    void send(Response response);
    bool answered() const { return !sink_; }

private:
    Sink sink_;
};

/// Runs on an I/O thread and must not block; it may keep the responder and answer later.
using Handler = std::function<void(Request&&, Responder&&)>;
/// Runs on the server's worker pool and may block.
using BlockingHandler = std::function<Response(const Request&)>;

/// Sees every routed request before its handler, in the order of add_filter. It calls `next`, or answers
/// itself. Must not block; may call `next` later from another thread. Thread-safe.
class Filter {
public:
    virtual ~Filter() = default;
    virtual void handle(Request&& request, Responder&& responder, const Handler& next) = 0;
};

struct RouteOptions {
    std::string name;                             // for metrics and logs; empty: the pattern
    std::uint64_t memory_limit_bytes = 64 << 10;  // a larger body is spooled, if body_limit allows
    std::uint64_t body_limit_bytes = 64 << 10;    // beyond: 413 with X-Body-Limit
    /// Asked when the head is there and before any of the body is read or, with Expect: 100-continue, sent:
    /// an answer refuses the request. On an I/O thread; must not block. Empty: all are admitted.
    std::function<std::optional<Response>(const Request&)> admit;
};

/// What became of one request; for RED metrics and access logs. Called on an I/O thread after the last byte.
struct Completion {
    const Request* request = nullptr;   // method, target, path, address, ids; the rest has been handed on
    const Headers* response = nullptr;  // as the handler gave them; null when there was no answer
    std::string_view route;             // "unmatched" where no route fits
    unsigned status = 0;
    std::uint64_t sent_bytes = 0;
    std::chrono::nanoseconds duration{};       // from the head read to the last byte written
    std::chrono::nanoseconds to_first_byte{};  // from the head read to the answer handed over
    bool aborted = false;                      // the client went away first
};

struct ServerOptions {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;         // 0: any free one
    bool move_on_if_taken = false;  // a taken port: try the next 50 (defaults only; the wire says so)
    unsigned io_threads = 1;
    unsigned worker_threads = 4;  // for BlockingHandlers
    std::size_t max_connections = 4096;
    std::size_t max_header_bytes = 16 << 10;
    std::chrono::milliseconds header_timeout{10'000};
    std::chrono::milliseconds idle_timeout{65'000};  // between requests, and without progress while sending
    std::filesystem::path spool_folder;              // where large bodies wait; needed if a route spools
    std::vector<std::string> allowed_hosts;          // Host values without port; others get 421; empty: any
    std::size_t most_headers = 100;
    std::size_t most_blocking = 1024;  // BlockingHandlers that wait for a worker; beyond: 503
    std::string server_header = "quarterdeck";
};

/// Routes are added before start(). Threads: `io_threads` named "http-io", `worker_threads` named
/// "http-work".
class Server {
public:
    explicit Server(ServerOptions options);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// `pattern` is a path whose {name} segments capture one segment, and a last {name...} the rest:
    /// "/media/{path...}". GET routes answer HEAD too. A known path with another method gets 405 and Allow.
    void route(Method method, std::string pattern, Handler handler, RouteOptions options = {});
    void route_blocking(Method method, std::string pattern, BlockingHandler handler,
                        RouteOptions options = {});
    /// For whatever no route matches; the default answers 404.
    void fallback(Handler handler, RouteOptions options = {});
    void add_filter(std::shared_ptr<Filter> filter);
    /// Adds an observer; it must not block. Thread-safe, with more than one I/O thread.
    void on_complete(std::function<void(const Completion&)> observer);

    /// Binds and listens. Errc::unavailable when the address is taken.
    core::Result<> start();
    /// "127.0.0.1:41234"; valid after start().
    std::string address() const;
    std::uint16_t port() const;

    /// Stops accepting, lets running requests end for up to `grace`, closes streams and idle connections,
    /// joins the threads. Idempotent.
    void stop(std::chrono::milliseconds grace = std::chrono::seconds(5));

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace qd::http
