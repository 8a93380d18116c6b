#include "site/unix_socket.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace qd::site {
namespace {

core::Result<sockaddr_un> address_of(const std::filesystem::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string text = path.string();
    if (text.size() >= sizeof address.sun_path)
        return core::fail(
            core::Errc::invalid_argument,
            "the path {} is too long for a socket ({} bytes are allowed); choose a shorter data folder", text,
            sizeof address.sun_path - 1);
    std::memcpy(address.sun_path, text.c_str(), text.size() + 1);
    return address;
}

}  // namespace

core::Result<core::UniqueFd> listen_unix(const std::filesystem::path& path) {
    const auto address = address_of(path);
    if (!address) return core::Failure(address.error());
    core::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) return core::fail_errno("making a socket", errno);
    ::unlink(path.c_str());
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0 ||
        ::chmod(path.c_str(), 0600) != 0 || ::listen(fd.get(), 16) != 0)
        return core::fail_errno("listening on " + path.string(), errno);
    return fd;
}

core::Result<core::UniqueFd> connect_unix(const std::filesystem::path& path) {
    const auto address = address_of(path);
    if (!address) return core::Failure(address.error());
    core::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!fd) return core::fail_errno("making a socket", errno);
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0) {
        if (errno == ENOENT || errno == ECONNREFUSED)
            return core::fail(core::Errc::unavailable, "no site is running on {}",
                              path.parent_path().parent_path().string());
        return core::fail_errno("connecting to " + path.string(), errno);
    }
    return fd;
}

}  // namespace qd::site
