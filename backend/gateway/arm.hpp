#pragma once
// The arms of a traffic split, and a session's place in it. Pure.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace qd::gateway {

/// baseline: the stable version again, as new and as small as the canary, to compare it with.
enum class Arm : std::uint8_t { stable, canary, baseline };

inline constexpr std::size_t arm_count = 3;
inline constexpr Arm arms[arm_count] = {Arm::stable, Arm::canary, Arm::baseline};

std::string_view to_string(Arm arm);
std::optional<Arm> parse_arm(std::string_view text);

/// FNV-1a over both texts, told apart, finished by MurmurHash3's 64-bit mixer (public domain, Austin
/// Appleby), whose avalanche makes every bit count.
std::uint64_t hash_of(std::string_view first, std::string_view second);

/// A session's fixed place in [0, 1) for a rollout: the top 53 bits of the hash of both.
double place_of(std::string_view rollout, std::string_view session);

}  // namespace qd::gateway
