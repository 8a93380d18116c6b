#include "gateway/arm.hpp"

namespace qd::gateway {
namespace {

void fnv1a(std::uint64_t& hash, std::string_view bytes) {
    for (const char c : bytes) {
        hash ^= std::uint8_t(c);
        hash *= 0x100000001B3ull;
    }
}

std::uint64_t mix(std::uint64_t hash) {
    hash ^= hash >> 33;
    hash *= 0xFF51AFD7ED558CCDull;
    hash ^= hash >> 33;
    hash *= 0xC4CEB9FE1A85EC53ull;
    return hash ^ (hash >> 33);
}

}  // namespace

std::string_view to_string(Arm arm) {
    switch (arm) {
        case Arm::canary:
            return "canary";
        case Arm::baseline:
            return "baseline";
        case Arm::stable:
            break;
    }
    return "stable";
}

std::optional<Arm> parse_arm(std::string_view text) {
    for (const Arm arm : arms)
        if (to_string(arm) == text) return arm;
    return std::nullopt;
}

std::uint64_t hash_of(std::string_view first, std::string_view second) {
    std::uint64_t hash = 0xCBF29CE484222325ull;
    fnv1a(hash, first);
    fnv1a(hash, std::string_view("\0", 1));  // so that ("ab", "c") and ("a", "bc") differ
    fnv1a(hash, second);
    return mix(hash);
}

double place_of(std::string_view rollout, std::string_view session) {
    return double(hash_of(rollout, session) >> 11) * 0x1.0p-53;
}

Arm choose_arm(const traffic::TrafficPlan& plan, std::string_view session) {
    const double place = place_of(plan.rollout, session) * 100.0;
    if (place < plan.canary_weight) return Arm::canary;
    return place >= 100.0 - plan.baseline_weight ? Arm::baseline : Arm::stable;
}

std::optional<Arm> arm_of_cookie(std::string_view value) {
    if (value == "always") return Arm::canary;
    if (value == "never") return Arm::stable;
    return parse_arm(value);
}

}  // namespace qd::gateway
