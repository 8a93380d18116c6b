#pragma once
// A folder for one process' unfinished files. It is empty when acquired, and those of processes that were
// killed are removed on the way.

#include <filesystem>
#include <string>

#include "core/files.hpp"

namespace qd::services {

class WorkFolder {
public:
    /// <parent>/<name>, locked for as long as the object lives and removed with it. Errc::unavailable when
    /// another process has that name.
    static core::Result<WorkFolder> acquire(const std::filesystem::path& parent, const std::string& name);

    WorkFolder(WorkFolder&& other) noexcept;
    WorkFolder& operator=(WorkFolder&&) = delete;
    ~WorkFolder();

    const std::filesystem::path& path() const { return path_; }
    /// Empties it.
    void clear() const;

private:
    WorkFolder(std::filesystem::path path, core::LockFile lock);

    std::filesystem::path path_;
    core::LockFile lock_;
};

}  // namespace qd::services
