#pragma once
// Files: owned descriptors, whole-file reads with a limit, writes that are never seen half done.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "core/result.hpp"

namespace qd::core {

class UniqueFd {
public:
    UniqueFd() = default;
    explicit UniqueFd(int fd) : fd_(fd) {}
    ~UniqueFd() { reset(); }
    UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    UniqueFd& operator=(UniqueFd&& other) noexcept {
        if (this != &other) reset(std::exchange(other.fd_, -1));
        return *this;
    }

    int get() const { return fd_; }
    int release() { return std::exchange(fd_, -1); }
    void reset(int fd = -1);
    explicit operator bool() const { return fd_ >= 0; }

private:
    int fd_ = -1;
};

/// Opens for reading, close-on-exec.
Result<UniqueFd> open_for_reading(const std::filesystem::path& path);

Result<std::uint64_t> file_size(const UniqueFd& fd);

/// Errc::too_large beyond `limit_bytes`.
Result<std::string> read_file(const std::filesystem::path& path, std::uint64_t limit_bytes = 64u << 20);

/// Writes beside the target, syncs and renames: a reader sees the old content or the new, never a part.
Result<> write_file_atomically(const std::filesystem::path& path, std::string_view content,
                               unsigned mode = 0644);

/// Brings the names in a folder to the disk: a file that was synced, renamed or made in it is found after a
/// power cut.
Result<> sync_folder(const std::filesystem::path& folder);

Result<> make_directories(const std::filesystem::path& path);

/// An exclusive lock for as long as the object lives; it holds its owner's pid. Errc::unavailable, naming the
/// first owner's pid, when another process has it.
class LockFile {
public:
    static Result<LockFile> acquire(const std::filesystem::path& path);

private:
    explicit LockFile(UniqueFd fd) : fd_(std::move(fd)) {}
    UniqueFd fd_;
};

/// What a site leaves free on its disk: with less it takes no upload, does not start, and says so.
inline constexpr std::uint64_t disk_reserve_bytes = 256ull << 20;

/// Bytes that an unprivileged process may still write on the file system of `path`.
Result<std::uint64_t> free_bytes(const std::filesystem::path& path);

}  // namespace qd::core
