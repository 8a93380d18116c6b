#include "flags/bucket.hpp"

#include <bit>

namespace qd::flags {
namespace {

std::uint32_t scramble(std::uint32_t block) {
    return std::rotl(block * 0xcc9e2d51u, 15) * 0x1b873593u;
}

}  // namespace

std::uint32_t murmur3_32(std::string_view first, std::string_view second) {
    std::uint32_t hash = 0;
    std::uint32_t block = 0;
    std::uint32_t length = 0;
    for (const std::string_view part : {first, second})
        for (const char c : part) {
            block |= std::uint32_t(static_cast<unsigned char>(c)) << (8 * (length % 4));
            if (++length % 4 != 0) continue;
            hash = std::rotl(hash ^ scramble(block), 13) * 5 + 0xe6546b64u;
            block = 0;
        }
    if (length % 4 != 0) hash ^= scramble(block);
    hash ^= length;
    hash = (hash ^ (hash >> 16)) * 0x85ebca6bu;
    hash = (hash ^ (hash >> 13)) * 0xc2b2ae35u;
    return hash ^ (hash >> 16);
}

}  // namespace qd::flags
