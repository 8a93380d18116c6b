#pragma once
// Where large immutable files live: sources and encoded media. By default files below a folder; an S3 driver
// would stand behind the same interface.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/files.hpp"
#include "core/random.hpp"
#include "core/result.hpp"

namespace qd::storage {

struct StoredObject {
    std::shared_ptr<const core::UniqueFd>
        file;  // keeps its content even when the object is removed meanwhile
    std::uint64_t size = 0;
    std::string version;  // changes with the content; fit for an ETag once quoted
};

struct ObjectInfo {
    std::string key;
    std::uint64_t size = 0;
};

/// Keys look like "media/<id>/720p/seg_00001.m4s": 1 to 8 segments of letters, digits, '.', '_' and '-', none
/// beginning with '.', at most 256 bytes. Errc::invalid_argument otherwise.
core::Result<> check_object_key(std::string_view key);

enum class Durability {
    now,    // on disk before put() returns
    later,  // visible at once; on disk after sync(), for what can be made again until then
};

/// Thread-safe.
class ObjectStore {
public:
    virtual ~ObjectStore() = default;

    /// Takes the file over: it is gone from `from` afterwards. A reader of the key sees the old content or
    /// the new. On failure `from` is left as it was.
    virtual core::Result<> put(std::string_view key, const std::filesystem::path& from,
                               Durability durability = Durability::now) = 0;

    /// Brings the object `prefix` and all below "prefix/" to the disk.
    virtual core::Result<> sync(std::string_view prefix) = 0;

    /// Errc::not_found when there is none.
    virtual core::Result<StoredObject> open(std::string_view key) const = 0;

    /// Removes the object `prefix` and all below "prefix/". Nothing there is no error.
    virtual core::Result<> remove(std::string_view prefix) = 0;

    /// Objects below "prefix/" in order of their keys, at most `limit` (capped at 100,000).
    virtual core::Result<std::vector<ObjectInfo>> list(std::string_view prefix,
                                                       std::size_t limit = 1'000) const = 0;

    /// The next segments of keys below "prefix/", sorted, at most `limit` (capped at 100,000): the titles
    /// there are.
    virtual core::Result<std::vector<std::string>> children(std::string_view prefix,
                                                            std::size_t limit = 1'000) const = 0;

    /// Bytes that can still be stored.
    virtual core::Result<std::uint64_t> free_bytes() const = 0;
};

/// Files below `root`, which is created. Files that are copied (from another file system) wait in
/// root/.incoming.
core::Result<std::unique_ptr<ObjectStore>> open_file_object_store(const std::filesystem::path& root,
                                                                  core::Random& random);

}  // namespace qd::storage
