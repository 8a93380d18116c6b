#include "gateway/edge_cache.hpp"

#include <utility>

#include "gateway/freshness.hpp"

namespace qd::gateway {
namespace {

constexpr std::size_t most_waiters = 4'096;  // for one object

/// What belongs to one exchange and not to the object.
void drop_fields_of_the_exchange(http::Headers& headers) {
    for (const char* name :
         {"Age", "Content-Length", "Date", "traceparent", "X-Attempts", "X-Cache", "X-Request-Id"})
        headers.remove(name);
}

}  // namespace

std::string_view to_string(CacheResult result) {
    switch (result) {
        case CacheResult::hit:
            return "HIT";
        case CacheResult::miss:
            return "MISS";
        case CacheResult::stale:
            return "STALE";
        case CacheResult::bypass:
            return "BYPASS";
    }
    return "BYPASS";
}

http::Response EdgeCache::whole(const CacheHit& hit) const {
    http::Response response = hit.response;
    const auto age = std::chrono::floor<std::chrono::seconds>(clock_.steady_now() - hit.object->stored_at);
    response.headers.add("Age", std::to_string(age.count()));
    response.headers.add("X-Attempts", "0");
    return response;
}

void EdgeCache::serve(std::shared_ptr<const http::Request> request, const std::string& key,
                      const Fetch& fetch, Answer answer) {
    auto hit = store_.find(key);
    if (!hit || !hit->fresh) {
        const std::lock_guard lock(mutex_);
        const auto at = in_flight_.find(key);
        if (at != in_flight_.end() && at->second.waiters.size() < most_waiters) {
            at->second.waiters.push_back({std::move(request), std::move(answer)});
            return;
        }
        // What was under way at the first look may have landed before the lock: kept first, then told.
        if (at == in_flight_.end()) hit = store_.find(key);
        if (at == in_flight_.end() && (!hit || !hit->fresh)) {
            in_flight_[key].waiters.push_back({request, answer});
            request.reset();
        }
    }
    if (request && hit && hit->fresh)
        return answer(http::apply_range(*request, whole(*hit)), CacheResult::hit);
    if (request)
        return answer(http::problem(503, "too many wait for this object", request->request_id),
                      CacheResult::miss);
    fetch(hit ? hit->object->etag : std::string{},
          [this, key](http::Response response) { fetched(key, std::move(response)); });
}

void EdgeCache::fetched(const std::string& key, http::Response response) {
    CacheResult result = CacheResult::miss;
    // The body is shared between all who wait and the store.
    if (auto* text = std::get_if<std::string>(&response.body))
        response.body = std::make_shared<const std::string>(std::move(*text));
    const auto fresh = fresh_for(response.status, response.headers, options_.longest_life);
    if (response.status == 304 || response.status >= 500) {
        if (const auto kept = store_.find(key)) {
            result = response.status == 304 ? CacheResult::hit : CacheResult::stale;
            // A 304 may leave Cache-Control out: the object's own then holds again.
            if (result == CacheResult::hit)
                store_.refresh(key, fresh_for(200, kept->object->headers, options_.longest_life));
            response = whole(*kept);
        } else if (response.status == 304) {  // evicted between the question and its answer
            response = http::problem(503, "the object has to be fetched again", {});
        }
    } else if (fresh.count() > 0) {
        keep(key, response, fresh);
    } else if (response.status == 404 || response.status == 410) {
        // Gone: no later trouble of the origin may bring it back as stale.
        store_.purge([&](std::string_view other) { return other == key; });
    }
    std::vector<Waiter> waiters;
    {
        const std::lock_guard lock(mutex_);
        const auto at = in_flight_.find(key);
        if (at == in_flight_.end()) return;
        waiters = std::move(at->second.waiters);
        in_flight_.erase(at);
    }
    for (const Waiter& waiter : waiters) waiter.answer(http::apply_range(*waiter.request, response), result);
}

void EdgeCache::keep(const std::string& key, const http::Response& response, std::chrono::seconds fresh) {
    http::Headers headers = response.headers;
    drop_fields_of_the_exchange(headers);
    const std::lock_guard lock(mutex_);  // over both, so that no purge comes in between
    if (const auto at = in_flight_.find(key); at != in_flight_.end() && at->second.purged) return;
    store_.put(key, std::move(headers), std::get<std::shared_ptr<const std::string>>(response.body), fresh);
}

void EdgeCache::purge(const std::function<bool(std::string_view)>& fits) {
    const std::lock_guard lock(mutex_);
    for (auto& [key, flight] : in_flight_) flight.purged = flight.purged || fits(key);
    store_.purge(fits);
}

}  // namespace qd::gateway
