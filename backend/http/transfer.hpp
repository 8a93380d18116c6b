#pragma once
// One transfer of the client: a request bound to a curl easy handle. Used on the client's thread only.

#include <curl/curl.h>

#include <cstdio>
#include <memory>

#include "http/client.hpp"

namespace qd::http {

class Transfer {
public:
    using Callback = Client::Callback;

    Transfer(Client::Ticket ticket, ClientRequest request, Callback done)
        : ticket_(ticket), request_(std::move(request)), done_(std::move(done)) {}
    ~Transfer();
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    /// Sets `easy` (fresh or reset) up for this request, or says why it cannot be sent.
    core::Result<> prepare(CURL* easy, const std::string& user_agent);
    /// Reads the outcome off the handle and calls back.
    void complete(CURLcode code);
    void fail_with(core::Error error);

    Client::Ticket ticket() const { return ticket_; }
    bool watches_stalls() const { return request_.stall_timeout.count() > 0; }
    /// When it counts as stalled; the far future when that is not watched.
    std::chrono::steady_clock::time_point stalls_at() const;

private:
    static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
    static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
    static std::size_t on_read(char* data, std::size_t size, std::size_t count, void* self);
    static int on_seek(void* self, curl_off_t offset, int origin);

    core::Result<> prepare_body();
    void prepare_tls();
    void header_line(std::string_view line);
    bool body_bytes(std::string_view bytes);
    core::Error error_of(CURLcode code) const;

    const Client::Ticket ticket_;
    ClientRequest request_;
    Callback done_;
    CURL* easy_ = nullptr;
    curl_slist* fields_ = nullptr;
    curl_slist* connect_to_ = nullptr;
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_{nullptr, std::fclose};
    std::string_view unsent_;  // of request_.body
    std::uint64_t sent_bytes_ = 0;
    ClientResponse response_;
    bool head_done_ = false;
    bool too_large_ = false;
    bool refused_by_receiver_ = false;
    std::chrono::steady_clock::time_point last_byte_{};
    char message_[CURL_ERROR_SIZE] = {};
};

}  // namespace qd::http
