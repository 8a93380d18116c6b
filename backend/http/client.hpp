#pragma once
// The HTTP client: libcurl's multi interface on one thread, connections reused per host.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "http/message.hpp"

namespace qd::http {

struct Timings {
    std::chrono::microseconds
        dns{};  // each from the start of the transfer, as curl_easy_getinfo(3) defines them
    std::chrono::microseconds connect{};
    std::chrono::microseconds tls{};
    std::chrono::microseconds first_byte{};
    std::chrono::microseconds total{};
    bool reused_connection = false;
};

/// PEM for https, as files or, going before them, as text; empty: the system's authorities, and no
/// certificate of one's own. The server's name and certificate are checked unless `insecure`.
struct ClientTls {
    std::filesystem::path ca_file;  // the only authorities that are trusted
    std::filesystem::path certificate_file;
    std::filesystem::path key_file;  // empty: the key is in certificate_file
    std::string ca_pem, certificate_pem, key_pem;
    std::string server_name;  // asked for and expected in the server's certificate; empty: the URL's host
    bool insecure = false;    // whoever answers is believed

    bool operator==(const ClientTls&) const = default;
};

struct ClientRequest {
    Method method = Method::get;
    std::string url;
    Headers headers;
    std::string body;
    std::filesystem::path body_file;  // sent instead of `body` when not empty
    std::chrono::milliseconds connect_timeout{2'000};
    std::chrono::milliseconds timeout{30'000};   // of the whole transfer; zero: none (streams)
    std::chrono::milliseconds stall_timeout{0};  // no byte received for so long; zero: not watched
    ClientTls tls;
    std::uint64_t max_body_bytes = 64u << 20;  // a larger answer fails with Errc::too_large
    /// When set, body bytes go here as they come (on the client's thread) and the response's body stays
    /// empty; false cancels the transfer.
    std::function<bool(std::string_view)> on_data;
    /// When set: the head is complete (on the client's thread, before on_data).
    std::function<void(unsigned status, const Headers&)> on_head;
    /// When set: bytes of the body sent so far.
    std::function<void(std::uint64_t)> on_upload_progress;
};

struct ClientResponse {
    unsigned status = 0;
    Headers headers;
    std::string body;
    std::uint64_t body_bytes = 0;
    Timings timings;
};

/// Thread-safe. One thread, named "http-client", runs all transfers and calls all callbacks, which must not
/// block and may call send() and cancel().
class Client {
public:
    using Callback = std::function<void(core::Result<ClientResponse>)>;
    using Ticket = std::uint64_t;

    struct Options {
        std::size_t max_connections_per_host = 64;
        std::size_t max_connections = 512;
        std::string user_agent = "quarterdeck";
    };

    Client() : Client(Options{}) {}
    explicit Client(Options options);
    /// Cancels what runs: those callbacks get Errc::cancelled before the destructor returns.
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// Any HTTP status is a response; an Error is a transfer that failed (unavailable, timeout, cancelled,
    /// too_large).
    Ticket send(ClientRequest request, Callback done);
    /// No effect once the callback has run.
    void cancel(Ticket ticket);
    /// Blocks the caller; never call it from a callback.
    core::Result<ClientResponse> fetch(ClientRequest request);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// The value of an answer with a 2xx status; otherwise an error with the problem's detail as its message.
core::Result<ClientResponse> expect_success(core::Result<ClientResponse> response);

}  // namespace qd::http
