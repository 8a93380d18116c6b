#pragma once
// The edge cache: serves what is kept, fetches what is not, once for all who ask meanwhile.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/cache_store.hpp"
#include "http/message.hpp"

namespace qd::gateway {

enum class CacheResult { hit, miss, stale, bypass };
inline constexpr CacheResult cache_results[] = {CacheResult::hit, CacheResult::miss, CacheResult::stale,
                                                CacheResult::bypass};
std::string_view to_string(CacheResult result);  // "HIT", …

/// Thread-safe.
class EdgeCache {
public:
    /// Gets the whole object from the origin; `etag` (may be empty) is what is kept, for If-None-Match.
    using Fetch = std::function<void(const std::string& etag, std::function<void(http::Response)> done)>;
    using Answer = std::function<void(http::Response, CacheResult)>;

    EdgeCache(CacheOptions options, const core::Clock& clock)
        : options_(options), clock_(clock), store_(options, clock) {}
    core::Result<> open() { return store_.open(); }

    /// Answers by `key`: ranges and conditions of the request included. `fetch` runs on the caller's thread
    /// if this is the first to miss; `answer` may run on any. An expired object is asked for anew, and served
    /// as STALE when the origin fails.
    void serve(std::shared_ptr<const http::Request> request, const std::string& key, const Fetch& fetch,
               Answer answer);

    /// Forgets all whose key fits; what is being fetched under such a key is answered and not kept.
    void purge(const std::function<bool(std::string_view)>& fits);
    std::uint64_t bytes() const { return store_.bytes(); }

private:
    struct Waiter {
        std::shared_ptr<const http::Request> request;
        Answer answer;
    };
    /// One question to the origin, and all who wait for its answer.
    struct Flight {
        std::vector<Waiter> waiters;
        bool purged = false;  // meanwhile: the answer is of before
    };
    void fetched(const std::string& key, http::Response response);
    void keep(const std::string& key, const http::Response& response, std::chrono::seconds fresh);
    http::Response whole(const CacheHit& hit) const;

    const CacheOptions options_;
    const core::Clock& clock_;
    CacheStore store_;
    std::mutex mutex_;
    std::map<std::string, Flight, std::less<>> in_flight_;
};

}  // namespace qd::gateway
