#pragma once
// Which part of a split a key falls into: MurmurHash3 (x86, 32 bits, seed 0) of the flag's key and the
// targeting key, scaled to the sum of the weights as flagd does, so that both place a session alike. Pure.

#include <cstdint>
#include <string_view>

namespace qd::flags {

/// Of `first` followed by `second`.
std::uint32_t murmur3_32(std::string_view first, std::string_view second = {});

/// In [0, total).
inline std::uint32_t bucket(std::string_view flag, std::string_view targeting_key, std::uint32_t total) {
    return std::uint32_t((std::uint64_t(murmur3_32(flag, targeting_key)) * total) >> 32);
}

}  // namespace qd::flags
