#include "gateway/cache_store.hpp"

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <vector>

#include "core/files.hpp"

namespace qd::gateway {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view suffix = ".object";
constexpr std::uint64_t cost_of_an_entry = 1'024;  // headers, key, inode: bounds the number of small objects
constexpr std::uint64_t most_unwritten_bytes = 128ull
                                               << 20;  // beyond, objects pass through without being kept

core::Result<> write_file(const fs::path& path, const std::string& body) {
    // Not atomically: nobody reads the file before it is announced, and the next start empties the folder
    // anyway.
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "wbe"), std::fclose);
    if (!file) return core::fail_errno("creating " + path.string(), errno);
    if (std::fwrite(body.data(), 1, body.size(), file.get()) != body.size() || std::fflush(file.get()) != 0)
        return core::fail_errno("writing " + path.string(), errno);
    return {};
}

}  // namespace

CachedObject::~CachedObject() {
    std::error_code ignored;
    if (!file.empty()) fs::remove(file, ignored);
}

CacheStore::CacheStore(CacheOptions options, const core::Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      files_(options_.capacity_bytes),
      small_(options_.memory_bytes),
      writer_(1, "gw-cache") {}

CacheStore::~CacheStore() {
    writer_.stop();
}

core::Result<> CacheStore::open() {
    if (auto made = core::make_directories(options_.folder); !made) return made;
    std::error_code error;
    std::vector<fs::path> old;
    for (const auto& file : fs::directory_iterator(options_.folder, error))
        if (file.path().extension() == suffix) old.push_back(file.path());
    if (error) return core::fail(core::Errc::io, "reading {}: {}", options_.folder.string(), error.message());
    for (const fs::path& path : old) fs::remove(path, error);
    return {};
}

std::optional<CacheHit> CacheStore::find(std::string_view key) {
    CacheHit hit;
    std::shared_ptr<const std::string> body;
    {
        const std::lock_guard lock(mutex_);
        Entry* entry = files_.find(key);
        if (entry == nullptr) return std::nullopt;
        hit.object = entry->object;
        hit.fresh = clock_.steady_now() < entry->fresh_until;
        body = entry->unwritten;
        if (!body && entry->object->size <= options_.memory_object_bytes)
            if (const auto* small = small_.find(key)) body = *small;
    }
    if (body) {
        hit.response.body = std::move(body);
    } else {
        auto file = core::open_for_reading(hit.object->file);
        if (!file) {  // somebody emptied the folder under us
            purge([&](std::string_view other) { return other == key; });
            return std::nullopt;
        }
        hit.response.body =
            http::FileBody{std::make_shared<core::UniqueFd>(std::move(*file)), 0, hit.object->size};
    }
    hit.response.headers = hit.object->headers;
    return hit;
}

void CacheStore::put(const std::string& key, http::Headers headers, std::shared_ptr<const std::string> body,
                     std::chrono::seconds fresh_for) {
    if (body->size() > options_.object_limit_bytes) return;
    auto object = std::make_shared<CachedObject>();
    object->etag = headers.get("ETag");
    object->headers = std::move(headers);
    object->size = body->size();
    object->stored_at = clock_.steady_now();
    std::vector<Entry> gone;  // its files are removed without the lock
    {
        const std::lock_guard lock(mutex_);
        if (unwritten_bytes_ + body->size() > most_unwritten_bytes) return;
        object->file = options_.folder / fmt::format("{:x}{}", next_file_++, suffix);
        gone =
            files_.put(key, {object, body, object->stored_at + fresh_for}, body->size() + cost_of_an_entry);
        if (body->size() <= options_.memory_object_bytes)
            small_.put(key, body, body->size() + cost_of_an_entry);
        else
            small_.take(key);
        unwritten_bytes_ += body->size();
    }
    writer_.post([this, key, object, body] { write(key, object, body); });
}

void CacheStore::write(const std::string& key, std::shared_ptr<CachedObject> object,
                       std::shared_ptr<const std::string> body) {
    const auto written = write_file(object->file, *body);
    std::optional<Entry> gone;
    const std::lock_guard lock(mutex_);
    unwritten_bytes_ -= body->size();
    Entry* entry = files_.peek(key);
    if (entry == nullptr || entry->object != object) return;  // evicted or replaced meanwhile
    if (written)
        entry->unwritten.reset();
    else
        gone = files_.take(key);  // a full disk makes misses, not errors
}

void CacheStore::refresh(std::string_view key, std::chrono::seconds fresh_for) {
    const std::lock_guard lock(mutex_);
    if (Entry* entry = files_.peek(key)) entry->fresh_until = clock_.steady_now() + fresh_for;
}

void CacheStore::purge(const std::function<bool(std::string_view)>& fits) {
    std::vector<Entry> gone;  // its files are removed without the lock: it is declared first
    const std::lock_guard lock(mutex_);
    gone = files_.take_if(fits);
    small_.take_if(fits);
}

std::uint64_t CacheStore::bytes() const {
    const std::lock_guard lock(mutex_);
    return files_.cost();
}

}  // namespace qd::gateway
