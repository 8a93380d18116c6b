#include "storage/shard.hpp"

#include <algorithm>

namespace qd::storage {
namespace {

constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::size_t id_length = 18;

std::uint64_t fnv1a(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return hash;
}

}  // namespace

ShardMap::ShardMap(unsigned count) : count_(std::clamp(count, 1u, max_shards)) {}

unsigned ShardMap::shard_of_owner(std::string_view owner) const {
    std::uint64_t key = fnv1a(owner);
    std::int64_t bucket = -1;
    std::int64_t next = 0;
    while (next < std::int64_t(count_)) {
        bucket = next;
        key = key * 2862933555777941757u + 1;
        next = std::int64_t(double(bucket + 1) * (double(std::int64_t(1) << 31) / double((key >> 33) + 1)));
    }
    return unsigned(bucket);
}

VideoId ShardMap::new_id(std::string_view owner, core::Random& random) const {
    const unsigned shard = shard_of_owner(owner);
    std::string id = {alphabet[shard / 32], alphabet[shard % 32]};
    for (int word = 0; word < 2; ++word) {
        std::uint64_t bits = random.next();
        for (int i = 0; i < 8; ++i, bits >>= 5) id += alphabet[bits & 31];
    }
    return VideoId(std::move(id));
}

core::Result<unsigned> ShardMap::shard_of(const VideoId& id) const {
    const std::string& text = id.value;
    if (text.size() == id_length && text.find_first_not_of(alphabet) == std::string::npos) {
        const unsigned shard = unsigned(alphabet.find(text[0]) * 32 + alphabet.find(text[1]));
        if (shard < count_) return shard;
    }
    return core::fail(core::Errc::not_found, "there is no such video");
}

}  // namespace qd::storage
