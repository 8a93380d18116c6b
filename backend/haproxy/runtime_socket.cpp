#include "haproxy/runtime_socket.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "core/files.hpp"

namespace qd::haproxy {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t most_answer_bytes = 4u << 20;

struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;
    int family = AF_UNSPEC;
};

core::Result<Address> parse_address(const std::string& socket) {
    std::string path;
    if (socket.starts_with("unix@"))
        path = socket.substr(5);
    else if (socket.starts_with('/'))
        path = socket;
    Address address;
    if (!path.empty()) {
        sockaddr_un local{};
        local.sun_family = AF_UNIX;
        if (path.size() >= sizeof local.sun_path)
            return core::fail(core::Errc::invalid_argument, "the socket's path '{}' is longer than {} bytes",
                              path, sizeof local.sun_path - 1);
        std::memcpy(local.sun_path, path.c_str(), path.size() + 1);
        std::memcpy(&address.storage, &local, sizeof local);
        address.size = sizeof local;
        address.family = AF_UNIX;
        return address;
    }
    const auto colon = socket.rfind(':');
    sockaddr_in remote{};
    remote.sin_family = AF_INET;
    std::uint16_t port = 0;
    const char* const end = socket.data() + socket.size();
    if (colon == std::string::npos ||
        ::inet_pton(AF_INET, socket.substr(0, colon).c_str(), &remote.sin_addr) != 1 ||
        std::from_chars(socket.data() + colon + 1, end, port).ptr != end || port == 0)
        return core::fail(core::Errc::invalid_argument,
                          "'{}' is neither a socket's path nor an IPv4 address with a port", socket);
    remote.sin_port = htons(port);
    std::memcpy(&address.storage, &remote, sizeof remote);
    address.size = sizeof remote;
    address.family = AF_INET;
    return address;
}

/// Waits until it is ready for `events`.
core::Result<> wait_for(int fd, short events, Clock::time_point deadline, const std::string& socket) {
    for (;;) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (left <= 0) return core::fail(core::Errc::timeout, "HAProxy at {} does not answer", socket);
        pollfd watched{fd, events, 0};
        const int ready = ::poll(&watched, 1, int(left));
        if (ready > 0) return {};
        if (ready < 0 && errno != EINTR) return core::fail_errno("waiting for HAProxy", errno);
    }
}

core::Failure lost(const std::string& socket, int error_number) {
    return core::fail(core::Errc::unavailable, "HAProxy cannot be reached at {}: {}", socket,
                      std::strerror(error_number));
}

}  // namespace

core::Result<> check_address(const std::string& socket) {
    const auto address = parse_address(socket);
    if (!address) return core::Failure(address.error());
    return {};
}

core::Result<std::string> ask(const std::string& socket, std::string_view line,
                              std::chrono::milliseconds timeout) {
    const auto address = parse_address(socket);
    if (!address) return core::Failure(address.error());
    const auto deadline = Clock::now() + timeout;
    const core::UniqueFd fd(::socket(address->family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) return core::fail_errno("opening a socket", errno);
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address->storage), address->size) != 0) {
        if (errno != EINPROGRESS) return lost(socket, errno);
        if (auto ok = wait_for(fd.get(), POLLOUT, deadline, socket); !ok) return core::Failure(ok.error());
        int failed = 0;
        socklen_t size = sizeof failed;
        if (::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &failed, &size) != 0 || failed != 0)
            return lost(socket, failed);
    }
    std::string request = std::string(line) + "\n";
    std::string_view rest = request;
    while (!rest.empty()) {
        const auto sent = ::send(fd.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent > 0) {
            rest.remove_prefix(std::size_t(sent));
        } else if (errno == EAGAIN) {
            if (auto ok = wait_for(fd.get(), POLLOUT, deadline, socket); !ok)
                return core::Failure(ok.error());
        } else if (errno != EINTR) {
            return lost(socket, errno);
        }
    }
    std::string answer;
    std::array<char, 16 << 10> buffer{};
    for (;;) {
        const auto got = ::recv(fd.get(), buffer.data(), buffer.size(), 0);
        if (got == 0) break;
        if (got > 0) {
            answer.append(buffer.data(), std::size_t(got));
            if (answer.size() > most_answer_bytes)
                return core::fail(core::Errc::too_large, "HAProxy's answer is larger than {} bytes",
                                  most_answer_bytes);
        } else if (errno == EAGAIN) {
            if (auto ok = wait_for(fd.get(), POLLIN, deadline, socket); !ok) return core::Failure(ok.error());
        } else if (errno != EINTR) {
            return lost(socket, errno);
        }
    }
    // Every answer ends with an empty line: without one it died in the middle.
    if (!answer.ends_with('\n'))
        return core::fail(core::Errc::unavailable,
                          "HAProxy at {} ended the connection before its answer was whole", socket);
    return answer;
}

std::string escaped(std::string_view word) {
    std::string text;
    for (const char c : word) {
        if (c == ' ' || c == ';' || c == '\\') text += '\\';
        text += c;
    }
    return text;
}

}  // namespace qd::haproxy
