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
    return arm == Arm::canary ? "canary" : "stable";
}

std::optional<Arm> parse_arm(std::string_view text) {
    if (text == "stable") return Arm::stable;
    if (text == "canary") return Arm::canary;
    return std::nullopt;
}

double place_of(std::string_view rollout, std::string_view session) {
    std::uint64_t hash = 0xCBF29CE484222325ull;
    fnv1a(hash, rollout);
    fnv1a(hash, std::string_view("\0", 1));  // so that ("ab", "c") and ("a", "bc") differ
    fnv1a(hash, session);
    return double(mix(hash) >> 11) * 0x1.0p-53;
}

Arm choose_arm(const Split& split, std::string_view session) {
    return place_of(split.rollout, session) * 100.0 < split.canary_weight ? Arm::canary : Arm::stable;
}

}  // namespace qd::gateway
