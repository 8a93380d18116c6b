#include "core/files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace qd::core {

void UniqueFd::reset(int fd) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
}

Result<UniqueFd> open_for_reading(const std::filesystem::path& path) {
    UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) return fail_errno(fmt::format("opening {}", path.string()), errno);
    return fd;
}

Result<std::uint64_t> file_size(const UniqueFd& fd) {
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0) return fail_errno("reading a file's size", errno);
    return std::uint64_t(status.st_size);
}

Result<std::string> read_file(const std::filesystem::path& path, std::uint64_t limit_bytes) {
    auto fd = open_for_reading(path);
    if (!fd) return Failure(fd.error());
    std::string content;
    char buffer[64 * 1024];
    for (;;) {
        const ssize_t count = ::read(fd->get(), buffer, sizeof buffer);
        if (count == 0) return content;
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail_errno(fmt::format("reading {}", path.string()), errno);
        if (content.size() + std::size_t(count) > limit_bytes)
            return fail(Errc::too_large, "{} is larger than {} bytes", path.string(), limit_bytes);
        content.append(buffer, std::size_t(count));
    }
}

Result<> write_file_atomically(const std::filesystem::path& path, std::string_view content, unsigned mode) {
    const std::string doing = fmt::format("writing {}", path.string());
    std::string temporary = path.string() + ".XXXXXX";
    UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));
    if (!fd) return fail_errno(doing, errno);
    const auto give_up = [&](int error_number) {
        ::unlink(temporary.c_str());
        return fail_errno(doing, error_number);
    };
    while (!content.empty()) {
        const ssize_t count = ::write(fd.get(), content.data(), content.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return give_up(errno);
        content.remove_prefix(std::size_t(count));
    }
    if (::fchmod(fd.get(), mode) != 0 || ::fsync(fd.get()) != 0) return give_up(errno);
    if (::rename(temporary.c_str(), path.c_str()) != 0) return give_up(errno);
    return sync_folder(path.parent_path());
}

Result<> sync_folder(const std::filesystem::path& folder) {
    const UniqueFd fd(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // EINVAL: a file system that cannot, or need not, sync a folder.
    if (!fd || (::fsync(fd.get()) != 0 && errno != EINVAL))
        return fail_errno(fmt::format("syncing {}", folder.string()), errno);
    return {};
}

Result<> make_directories(const std::filesystem::path& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) return fail_errno(fmt::format("making the folder {}", path.string()), error.value());
    return {};
}

Result<LockFile> LockFile::acquire(const std::filesystem::path& path) {
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (!fd) return fail_errno(fmt::format("opening the lock {}", path.string()), errno);
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
        char holder[32] = {};
        const ssize_t count = ::pread(fd.get(), holder, sizeof holder - 1, 0);
        return fail(Errc::unavailable,
                    "{} is in use by process {}; end that one first, or choose another folder",
                    path.parent_path().string(), count > 0 ? std::atol(holder) : 0L);
    }
    const std::string pid = std::to_string(::getpid()) + "\n";
    if (::ftruncate(fd.get(), 0) != 0 || ::pwrite(fd.get(), pid.data(), pid.size(), 0) < 0)
        return fail_errno(fmt::format("writing the lock {}", path.string()), errno);
    return LockFile(std::move(fd));
}

Result<std::uint64_t> free_bytes(const std::filesystem::path& path) {
    std::error_code error;
    const auto space = std::filesystem::space(path, error);
    if (error)
        return fail_errno(fmt::format("asking for the free space of {}", path.string()), error.value());
    return std::uint64_t(space.available);
}

}  // namespace qd::core
