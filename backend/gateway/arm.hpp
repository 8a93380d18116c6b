#pragma once
// The arms of a traffic split, and a session's place in it. Pure.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "traffic/plan.hpp"

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

/// The session's arm by hash. The canary has the places from 0 up, the baseline those from 1 down: a higher
/// weight of either takes sessions from stable alone, and no session changes between canary and baseline.
Arm choose_arm(const traffic::TrafficPlan& plan, std::string_view session);

/// What the plan's cookie asks for: "always" or "canary", "never" or "stable", "baseline"; nothing for
/// others.
std::optional<Arm> arm_of_cookie(std::string_view value);

}  // namespace qd::gateway
