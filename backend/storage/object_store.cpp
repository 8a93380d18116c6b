#include "storage/object_store.hpp"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace qd::storage {
namespace fs = std::filesystem;
namespace {

using core::Errc;
using core::Result;

Result<> sync_path(const fs::path& path) {
    const core::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd || ::fsync(fd.get()) != 0)
        return core::fail_errno(fmt::format("syncing {}", path.string()), errno);
    return {};
}

/// Folders are synced up to the store's root, so that a power cut cannot lose the way to a synced file.
Result<> sync_folders(fs::path folder, const fs::path& root) {
    for (;; folder = folder.parent_path()) {
        if (auto synced = core::sync_folder(folder); !synced) return synced;
        if (folder == root || folder == folder.parent_path()) return {};
    }
}

Result<> copy_content(const fs::path& from, const fs::path& to) {
    const auto in = core::open_for_reading(from);
    if (!in) return core::Failure(in.error());
    const core::UniqueFd out(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    const std::string doing = fmt::format("copying {} to {}", from.string(), to.string());
    if (!out) return core::fail_errno(doing, errno);
    for (;;) {
        const ssize_t count = ::sendfile(out.get(), in->get(), nullptr, 16u << 20);
        if (count == 0) return {};
        if (count < 0 && errno != EINTR) return core::fail_errno(doing, errno);
    }
}

class FileObjectStore final : public ObjectStore {
public:
    FileObjectStore(fs::path root, core::Random& random) : root_(std::move(root)), random_(random) {}

    Result<> put(std::string_view key, const fs::path& from, Durability durability) override {
        if (auto checked = check_object_key(key); !checked) return checked;
        const fs::path target = root_ / key;
        const bool durable = durability == Durability::now;
        if (auto made = core::make_directories(target.parent_path()); !made) return made;
        if (durable)
            if (auto synced = sync_path(from); !synced) return synced;
        if (::rename(from.c_str(), target.c_str()) != 0) {
            if (errno != EXDEV) return core::fail_errno(fmt::format("storing {}", key), errno);
            if (auto copied = put_copy(from, target, durable); !copied) return copied;
        }
        return durable ? sync_folders(target.parent_path(), root_) : Result<>();
    }

    Result<> sync(std::string_view prefix) override {
        if (auto checked = check_object_key(prefix); !checked) return checked;
        const fs::path top = root_ / prefix;
        std::error_code error;
        fs::recursive_directory_iterator at(top, error);
        if (error == std::errc::no_such_file_or_directory) return {};
        if (error == std::errc::not_a_directory) {
            if (auto synced = sync_path(top); !synced) return synced;
            return sync_folders(top.parent_path(), root_);
        }
        for (const fs::recursive_directory_iterator end; !error && at != end; at.increment(error))
            if (auto synced = sync_path(at->path()); !synced) return synced;
        if (error) return core::fail_errno(fmt::format("syncing {}", prefix), error.value());
        return sync_folders(top, root_);
    }

    Result<StoredObject> open(std::string_view key) const override {
        if (auto checked = check_object_key(key); !checked) return core::Failure(checked.error());
        auto fd = core::open_for_reading(root_ / key);
        if (!fd) {
            if (fd.error().code == Errc::not_found)
                return core::fail(Errc::not_found, "there is no object {}", key);
            return core::Failure(fd.error());
        }
        struct stat status {};
        if (::fstat(fd->get(), &status) != 0) return core::fail_errno(fmt::format("reading {}", key), errno);
        if (!S_ISREG(status.st_mode)) return core::fail(Errc::not_found, "there is no object {}", key);
        StoredObject object;
        object.file = std::make_shared<const core::UniqueFd>(std::move(*fd));
        object.size = std::uint64_t(status.st_size);
        object.version =
            fmt::format("{:x}-{:x}{:08x}", status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
        return object;
    }

    Result<> remove(std::string_view prefix) override {
        if (auto checked = check_object_key(prefix); !checked) return checked;
        std::error_code error;
        fs::remove_all(root_ / prefix, error);
        if (error) return core::fail_errno(fmt::format("removing {}", prefix), error.value());
        return {};
    }

    Result<std::vector<ObjectInfo>> list(std::string_view prefix, std::size_t limit) const override {
        if (auto checked = check_object_key(prefix); !checked) return core::Failure(checked.error());
        limit = std::min<std::size_t>(limit, 100'000);
        std::vector<ObjectInfo> found;
        std::error_code error;
        fs::recursive_directory_iterator at(root_ / prefix, error);
        if (error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory)
            return found;
        for (const fs::recursive_directory_iterator end; !error && at != end; at.increment(error)) {
            std::error_code gone;  // objects may be removed while we look
            if (!at->is_regular_file(gone)) continue;
            const auto size = at->file_size(gone);
            if (!gone) found.push_back({at->path().lexically_relative(root_).string(), size});
        }
        if (error && error != std::errc::no_such_file_or_directory)
            return core::fail_errno(fmt::format("listing {}", prefix), error.value());
        std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
        if (found.size() > limit) found.resize(limit);
        return found;
    }

    Result<std::vector<std::string>> children(std::string_view prefix, std::size_t limit) const override {
        if (auto checked = check_object_key(prefix); !checked) return core::Failure(checked.error());
        std::vector<std::string> names;
        std::error_code error;
        fs::directory_iterator at(root_ / prefix, error);
        for (const fs::directory_iterator end; !error && at != end; at.increment(error))
            names.push_back(at->path().filename().string());
        if (error && error != std::errc::no_such_file_or_directory && error != std::errc::not_a_directory)
            return core::fail_errno(fmt::format("listing {}", prefix), error.value());
        std::sort(names.begin(), names.end());
        names.resize(std::min({names.size(), limit, std::size_t(100'000)}));
        return names;
    }

    Result<std::uint64_t> free_bytes() const override { return core::free_bytes(root_); }

private:
    Result<> put_copy(const fs::path& from, const fs::path& target, bool durable) {
        const fs::path incoming = root_ / ".incoming";
        if (auto made = core::make_directories(incoming); !made) return made;
        const fs::path temporary = incoming / random_.hex(16);
        auto copied = copy_content(from, temporary);
        if (copied && durable) copied = sync_path(temporary);
        if (copied && ::rename(temporary.c_str(), target.c_str()) != 0)
            copied = core::fail_errno(fmt::format("storing {}", target.string()), errno);
        ::unlink(copied ? from.c_str() : temporary.c_str());
        return copied;
    }

    fs::path root_;
    core::Random& random_;
};

bool is_key_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

}  // namespace

Result<> check_object_key(std::string_view key) {
    const auto refuse = [&] { return core::fail(Errc::invalid_argument, "this is no name of an object"); };
    if (key.empty() || key.size() > 256) return refuse();
    unsigned segments = 1;
    bool at_start = true;
    for (const char c : key) {
        if (c == '/') {
            if (at_start || ++segments > 8) return refuse();
            at_start = true;
            continue;
        }
        if (!is_key_character(c) || (at_start && c == '.')) return refuse();
        at_start = false;
    }
    if (at_start) return refuse();
    return {};
}

Result<std::unique_ptr<ObjectStore>> open_file_object_store(const fs::path& root, core::Random& random) {
    if (auto made = core::make_directories(root); !made) return core::Failure(made.error());
    if (auto synced = core::sync_folder(root.lexically_normal().parent_path()); !synced)
        return core::Failure(synced.error());
    return std::make_unique<FileObjectStore>(root.lexically_normal(), random);
}

}  // namespace qd::storage
