#pragma once
// Precedence of versions (Semantic Versioning 2.0.0, section 11). A leading 'v' and missing minor and patch
// numbers are let pass, as sites label versions "v2". Pure, without allocation; a version refers to its text.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace qd::flags {

struct SemanticVersion {
    std::array<std::uint64_t, 3> numbers{};
    std::string_view prerelease;  // "rc.1"; build metadata has no part in precedence
};

std::optional<SemanticVersion> parse_semver(std::string_view text);
/// Below, at or above 0, as a precedes, equals or follows b.
int compare(const SemanticVersion& a, const SemanticVersion& b);

}  // namespace qd::flags
