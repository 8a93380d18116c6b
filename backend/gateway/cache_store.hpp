#pragma once
// What the edge cache keeps: objects in files under a byte limit, small ones in memory as well.

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/executor.hpp"
#include "gateway/lru.hpp"
#include "gateway/options.hpp"
#include "http/message.hpp"

namespace qd::gateway {

/// One kept answer. Its file goes with the last holder.
struct CachedObject {
    http::Headers headers;  // the origin's, ready to be sent again
    std::string etag;
    std::uint64_t size = 0;
    core::SteadyTime stored_at;
    std::filesystem::path file;

    CachedObject() = default;
    ~CachedObject();
    CachedObject(const CachedObject&) = delete;
    CachedObject& operator=(const CachedObject&) = delete;
};

/// An object that can be sent: the body is in memory or an open file.
struct CacheHit {
    std::shared_ptr<const CachedObject> object;
    http::Response response;  // 200 with the origin's headers
    bool fresh = false;
};

/// Thread-safe. Files are written by a worker of its own ("gw-cache"), so that nobody waits for the disk;
/// until then an object is served from memory.
class CacheStore {
public:
    CacheStore(CacheOptions options, const core::Clock& clock);
    /// Writes what waits.
    ~CacheStore();

    /// Creates the folder and removes what an earlier life left in it.
    core::Result<> open();

    std::optional<CacheHit> find(std::string_view key);
    void put(const std::string& key, http::Headers headers, std::shared_ptr<const std::string> body,
             std::chrono::seconds fresh_for);
    /// The origin says that the object has not changed.
    void refresh(std::string_view key, std::chrono::seconds fresh_for);
    /// Forgets all objects whose key fits.
    void purge(const std::function<bool(std::string_view)>& fits);

    std::uint64_t bytes() const;

private:
    struct Entry {
        std::shared_ptr<CachedObject> object;
        std::shared_ptr<const std::string> unwritten;  // while the file is not there yet
        core::SteadyTime fresh_until;
    };
    void write(const std::string& key, std::shared_ptr<CachedObject> object,
               std::shared_ptr<const std::string> body);

    const CacheOptions options_;
    const core::Clock& clock_;
    mutable std::mutex mutex_;
    Lru<Entry> files_;
    Lru<std::shared_ptr<const std::string>> small_;
    std::uint64_t next_file_ = 0;
    std::uint64_t unwritten_bytes_ = 0;
    core::ThreadPool writer_;
};

}  // namespace qd::gateway
