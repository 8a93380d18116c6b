#include <algorithm>
#include <mutex>

#include "core/random.hpp"
#include "http/event_stream.hpp"

namespace qd::http {
namespace {

constexpr std::chrono::milliseconds first_backoff{250};
constexpr std::chrono::milliseconds longest_backoff{5'000};
/// The server sends a comment every 10 s: three missing ones mean a dead connection.
constexpr std::chrono::milliseconds stall_limit{30'000};

}  // namespace

/// Each attempt has a number; what comes from an earlier one, or after the end, is ignored. `mutex` is held
/// while callbacks run, which keeps them from overlapping and lets the destructor wait for the last one.
struct EventSource::Impl : std::enable_shared_from_this<EventSource::Impl> {
    Impl(Client& c, core::Executor& e, std::string u, Headers h, Callbacks call)
        : client(c), executor(e), url(std::move(u)), headers(std::move(h)), callbacks(std::move(call)) {}

    void connect() {
        const std::lock_guard lock(mutex);
        if (ended) return;
        const std::uint64_t mine = ++attempt;
        parser = std::make_unique<EventParser>([this](ServerSentEvent event) {
            if (!event.id.empty()) last_id = event.id;
            // A callback may destroy the source, which ends it while its lock is held by this thread.
            if (!ended && callbacks.on_event) callbacks.on_event(std::move(event));
        });
        ClientRequest request;
        request.url = url;
        request.headers = headers;
        request.headers.set("Accept", "text/event-stream");
        if (!last_id.empty()) request.headers.set("Last-Event-ID", last_id);
        request.timeout = {};
        request.stall_timeout = stall_limit;
        const auto self = shared_from_this();
        request.on_head = [self, mine](unsigned status, const Headers& head) {
            self->opened(mine, status, head);
        };
        request.on_data = [self, mine](std::string_view bytes) { return self->received(mine, bytes); };
        ticket = client.send(std::move(request),
                             [self, mine](auto response) { self->closed(mine, std::move(response)); });
    }

    void opened(std::uint64_t number, unsigned status, const Headers& head) {
        const std::lock_guard lock(mutex);
        if (ended || number != attempt) return;
        is_stream = status == 200 && head.get("Content-Type").starts_with("text/event-stream");
        if (!is_stream) return;
        backoff = first_backoff;
        if (callbacks.on_open) callbacks.on_open();
    }

    bool received(std::uint64_t number, std::string_view bytes) {
        const std::lock_guard lock(mutex);
        if (ended || number != attempt) return false;
        if (is_stream) parser->feed(bytes);
        return !ended;
    }

    void closed(std::uint64_t number, core::Result<ClientResponse> response) {
        const std::lock_guard lock(mutex);
        if (ended || number != attempt) return;
        core::Error error{core::Errc::unavailable, "the event stream ended"};
        if (!response)
            error = response.error();
        else if (!is_stream)
            error = {
                response->status >= 400 ? core::from_http_status(response->status) : core::Errc::unavailable,
                fmt::format("the event stream was answered with status {}", response->status)};
        is_stream = false;
        if (callbacks.on_closed) callbacks.on_closed(error);
        if (ended) return;
        const std::chrono::milliseconds wait(
            std::int64_t(double(backoff.count()) * (0.5 + 0.5 * random.uniform())));
        backoff = std::min(backoff * 2, longest_backoff);
        executor.post_after(wait, [self = shared_from_this()] { self->connect(); });
    }

    void end() {
        Client::Ticket running = 0;
        {
            const std::lock_guard lock(mutex);
            ended = true;
            running = ticket;
        }
        client.cancel(running);
    }

    Client& client;
    core::Executor& executor;
    const std::string url;
    const Headers headers;
    const Callbacks callbacks;
    core::SystemRandom random;  // spreads reconnects of many clients; nothing else depends on it

    std::recursive_mutex mutex;
    std::unique_ptr<EventParser> parser;
    std::string last_id;
    std::uint64_t attempt = 0;
    Client::Ticket ticket = 0;
    std::chrono::milliseconds backoff = first_backoff;
    bool is_stream = false;
    bool ended = false;
};

EventSource::EventSource(Client& client, core::Executor& executor, std::string url, Headers headers,
                         Callbacks callbacks)
    : impl_(std::make_shared<Impl>(client, executor, std::move(url), std::move(headers),
                                   std::move(callbacks))) {
    impl_->connect();
}

EventSource::~EventSource() {
    impl_->end();
}

}  // namespace qd::http
