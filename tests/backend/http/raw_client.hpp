#pragma once
// A socket that says exactly what a test wants to say, and reads what comes back.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "core/files.hpp"

namespace qd::test {

class RawClient {
public:
    explicit RawClient(std::uint16_t port, int receive_buffer = 0) {
        fd_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (receive_buffer > 0)
            ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) fd_.reset();
    }

    bool send(std::string_view text) {
        while (!text.empty()) {
            const ssize_t sent = ::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            text.remove_prefix(std::size_t(sent));
        }
        return true;
    }

    /// Reads until `marker` has come, the peer has closed, or five seconds have passed without a byte.
    std::string read_until(std::string_view marker) {
        while (buffer_.find(marker) == std::string::npos && read_some()) {
        }
        const std::size_t at = buffer_.find(marker);
        const std::size_t end = at == std::string::npos ? buffer_.size() : at + marker.size();
        std::string taken = buffer_.substr(0, end);
        buffer_.erase(0, end);
        return taken;
    }

    std::string read_bytes(std::size_t count) {
        while (buffer_.size() < count && read_some()) {
        }
        std::string taken = buffer_.substr(0, count);
        buffer_.erase(0, taken.size());
        return taken;
    }

    std::string read_all() {
        while (read_some()) {
        }
        return std::exchange(buffer_, {});
    }

    /// The head of the next answer and, by its Content-Length, the body.
    std::pair<std::string, std::string> read_answer() {
        std::string head = read_until("\r\n\r\n");
        const std::size_t at = head.find("Content-Length: ");
        if (at == std::string::npos) return {head, {}};
        return {head, read_bytes(std::stoul(head.substr(at + 16)))};
    }

    /// Whether the peer ends the connection within five seconds.
    bool is_closed_by_peer() {
        while (read_some()) {
        }
        return ended_;
    }

    bool was_reset() const { return reset_; }
    void finish_sending() { ::shutdown(fd_.get(), SHUT_WR); }
    void close() { fd_.reset(); }

private:
    bool read_some() {
        pollfd waiting{fd_.get(), POLLIN, 0};
        if (::poll(&waiting, 1, 5'000) <= 0) return false;
        char bytes[16 << 10];
        const ssize_t read = ::recv(fd_.get(), bytes, sizeof bytes, 0);
        ended_ = read <= 0;
        reset_ = read < 0;
        if (read > 0) buffer_.append(bytes, std::size_t(read));
        return read > 0;
    }

    core::UniqueFd fd_;
    std::string buffer_;
    bool ended_ = false;
    bool reset_ = false;
};

}  // namespace qd::test
