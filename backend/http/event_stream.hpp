#pragma once
// Server-sent events (HTML standard, 9.2): a hub that publishes and replays, a parser, and a client that
// resumes.

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/executor.hpp"
#include "http/client.hpp"
#include "http/message.hpp"

namespace qd::http {

struct ServerSentEvent {
    std::string id;
    std::string type;  // empty: "message"
    std::string data;

    bool operator==(const ServerSentEvent&) const = default;
};

std::string format(const ServerSentEvent& event);

/// Push parser; lines and events are limited to 1 MiB, a longer one is dropped. An event's id is the last one
/// that the stream gave. Not thread-safe.
class EventParser {
public:
    explicit EventParser(std::function<void(ServerSentEvent)> on_event) : on_event_(std::move(on_event)) {}
    void feed(std::string_view bytes);

private:
    void line(std::string_view text);

    std::function<void(ServerSentEvent)> on_event_;
    std::string buffer_;  // the line so far
    ServerSentEvent pending_;
    std::string last_id_;  // holds for later events too
    bool has_data_ = false;
    bool after_cr_ = false;
    bool too_long_ = false;  // the line is
    bool discard_ = false;   // the event is
};

/// Numbers events from `first_seq`, keeps the last `keep`, and serves any number of streams. A client whose
/// Last-Event-ID is older than what is kept, or who has missed more than 512 KiB, gets "event: reset" with
/// the current seq. A comment goes out every 10 s when tick() is called at least that often. Thread-safe.
class EventHub {
public:
    explicit EventHub(std::size_t keep = 4096, std::uint64_t first_seq = 1) : keep_(keep), next_(first_seq) {}

    /// `make_data` gets the event's seq. Returns that seq.
    std::uint64_t publish(const std::string& type,
                          const std::function<std::string(std::uint64_t)>& make_data);
    /// The answer to a GET of the stream.
    Response subscribe(const Request& request);
    void tick();
    /// Ends all streams; later subscribers get 503.
    void close();
    std::uint64_t last_seq() const;
    std::size_t subscribers() const;

private:
    struct Kept {
        std::uint64_t seq;
        std::string text;
    };
    void attach(const std::shared_ptr<StreamWriter>& writer, std::optional<std::uint64_t> last_seen);
    std::optional<std::string> replay_after(std::uint64_t last_seen) const;
    void send_to_all(const std::string& text);

    mutable std::mutex mutex_;
    std::size_t keep_;
    std::uint64_t next_;
    std::deque<Kept> kept_;
    std::vector<std::shared_ptr<StreamWriter>> writers_;
    std::chrono::steady_clock::time_point quiet_since_{};
    bool closed_ = false;
};

/// Follows a stream: reconnects with jittered backoff (0.25 s to 5 s) and Last-Event-ID until destroyed.
/// Callbacks run on the client's or the executor's thread, never two at once.
class EventSource {
public:
    struct Callbacks {
        std::function<void(ServerSentEvent)> on_event;
        std::function<void()> on_open;                      // connected (again)
        std::function<void(const core::Error&)> on_closed;  // lost; a retry follows
    };
    EventSource(Client& client, core::Executor& executor, std::string url, Headers headers,
                Callbacks callbacks);
    ~EventSource();
    EventSource(const EventSource&) = delete;
    EventSource& operator=(const EventSource&) = delete;

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace qd::http
