#pragma once
// Stream sockets in the file system, for the supervisor and its clients.

#include <filesystem>
#include <string>

#include "core/files.hpp"

namespace qd::site {

/// Binds and listens, non-blocking, mode 0600; a stale socket file is replaced (the data folder's lock says
/// that nobody else owns it). Paths beyond the system's 107 bytes fail with the reason.
core::Result<core::UniqueFd> listen_unix(const std::filesystem::path& path);

/// Connected and blocking.
core::Result<core::UniqueFd> connect_unix(const std::filesystem::path& path);

}  // namespace qd::site
