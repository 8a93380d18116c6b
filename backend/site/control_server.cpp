#include "site/control_server.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <nlohmann/json.hpp>

namespace qd::site {
namespace {

constexpr std::size_t max_clients = 64;
constexpr std::size_t max_line_bytes = 64 << 10;

}  // namespace

ControlServer::ControlServer(PollLoop& loop, core::UniqueFd listener, OnRequest on_request)
    : loop_(loop), listener_(std::move(listener)), on_request_(std::move(on_request)) {
    loop_.watch(listener_.get(), [this] { accept_client(); });
}

ControlServer::~ControlServer() {
    loop_.forget(listener_.get());
    for (const auto& [client, peer] : peers_) loop_.forget(peer.fd.get());
}

void ControlServer::answer(std::uint64_t client, nlohmann::json body) {
    body["ok"] = true;
    send_line(client, body.dump() + "\n");
}

void ControlServer::refuse(std::uint64_t client, const core::Error& error) {
    const nlohmann::json body{
        {"ok", false}, {"code", core::to_string(error.code)}, {"message", error.message}};
    send_line(client, body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

void ControlServer::accept_client() {
    core::UniqueFd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!fd || peers_.size() >= max_clients) return;
    const std::uint64_t client = next_++;
    loop_.watch(fd.get(), [this, client] { read_from(client); });
    peers_.emplace(client, Peer{std::move(fd), {}});
}

void ControlServer::read_from(std::uint64_t client) {
    const auto at = peers_.find(client);
    if (at == peers_.end()) return;
    char buffer[4096];
    const ssize_t count = ::recv(at->second.fd.get(), buffer, sizeof buffer, 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) return drop(client);
    at->second.buffer.append(buffer, std::size_t(count));
    if (at->second.buffer.size() > max_line_bytes) return drop(client);
    for (std::size_t end; (end = at->second.buffer.find('\n')) != std::string::npos;) {
        const auto request = nlohmann::json::parse(at->second.buffer.substr(0, end), nullptr, false);
        at->second.buffer.erase(0, end + 1);
        if (request.is_object())
            on_request_(client, request);
        else
            refuse(client, {core::Errc::invalid_argument, "a request is one JSON object on a line"});
        if (!peers_.contains(client)) return;
    }
}

void ControlServer::send_line(std::uint64_t client, const std::string& line) {
    const auto at = peers_.find(client);
    if (at == peers_.end()) return;
    // An answer is far smaller than a socket's buffer; a peer that does not read loses it.
    if (::send(at->second.fd.get(), line.data(), line.size(), MSG_NOSIGNAL) != ssize_t(line.size()))
        drop(client);
}

void ControlServer::drop(std::uint64_t client) {
    const auto at = peers_.find(client);
    if (at == peers_.end()) return;
    loop_.forget(at->second.fd.get());
    peers_.erase(at);
}

}  // namespace qd::site
