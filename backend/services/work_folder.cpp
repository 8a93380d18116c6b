#include "services/work_folder.hpp"

#include <chrono>
#include <thread>

namespace qd::services {
namespace fs = std::filesystem;
namespace {

/// Beside the folder rather than in it, so that the folder can be emptied.
fs::path lock_of(const fs::path& folder) {
    return folder.string() + ".lock";
}

void remove_abandoned(const fs::path& parent) {
    std::error_code error;
    fs::directory_iterator at(parent, error);
    for (const fs::directory_iterator end; !error && at != end; at.increment(error)) {
        if (at->path().extension() != ".lock") continue;
        if (!core::LockFile::acquire(at->path())) continue;  // alive
        const fs::path folder = fs::path(at->path()).replace_extension();
        std::error_code ignored;
        fs::remove_all(folder, ignored);
        // The lock file stays: removing it while another process is about to lock it would give both the
        // lock.
    }
}

/// Another process may hold it for the moment in which it looks whether we are alive.
core::Result<core::LockFile> acquire_lock(const fs::path& path) {
    for (int attempt = 0;; ++attempt) {
        auto lock = core::LockFile::acquire(path);
        if (lock || lock.error().code != core::Errc::unavailable || attempt == 25) return lock;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

}  // namespace

WorkFolder::WorkFolder(fs::path path, core::LockFile lock) : path_(std::move(path)), lock_(std::move(lock)) {}

WorkFolder::WorkFolder(WorkFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})), lock_(std::move(other.lock_)) {}

WorkFolder::~WorkFolder() {
    if (path_.empty()) return;
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

core::Result<WorkFolder> WorkFolder::acquire(const fs::path& parent, const std::string& name) {
    if (auto made = core::make_directories(parent); !made) return core::Failure(made.error());
    remove_abandoned(parent);
    const fs::path path = parent / name;
    auto lock = acquire_lock(lock_of(path));
    if (!lock && lock.error().code == core::Errc::unavailable)
        return core::fail(core::Errc::unavailable, "another process is the instance {} of this site already",
                          name);
    if (!lock) return core::Failure(lock.error());
    if (auto made = core::make_directories(path); !made) return core::Failure(made.error());
    WorkFolder folder(path, std::move(*lock));
    folder.clear();
    return folder;
}

void WorkFolder::clear() const {
    std::error_code error;
    fs::directory_iterator at(path_, error);
    for (const fs::directory_iterator end; !error && at != end; at.increment(error)) {
        std::error_code ignored;
        fs::remove_all(at->path(), ignored);
    }
}

}  // namespace qd::services
