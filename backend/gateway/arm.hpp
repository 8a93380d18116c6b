#pragma once
// The two arms of a traffic split, and which of them a session belongs to. Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace qd::gateway {

enum class Arm : std::uint8_t { stable, canary };

inline constexpr Arm arms[] = {Arm::stable, Arm::canary};

std::string_view to_string(Arm arm);
std::optional<Arm> parse_arm(std::string_view text);

/// What share of the sessions goes to the canary, and in whose name.
struct Split {
    std::string rollout;         // opaque; another rollout draws other sessions; at most 128 bytes
    double canary_weight = 0.0;  // percent, 0..100

    bool operator==(const Split&) const = default;
};

/// A session's fixed place in [0, 1) for a rollout: FNV-1a over both, finished by MurmurHash3's 64-bit mixer
/// (public domain, Austin Appleby), whose avalanche makes the top 53 bits uniform.
double place_of(std::string_view rollout, std::string_view session);

/// Canary when the session's place lies below the weight: raising the weight only ever adds sessions to the
/// canary, lowering it only removes some, and no state is kept.
Arm choose_arm(const Split& split, std::string_view session);

}  // namespace qd::gateway
