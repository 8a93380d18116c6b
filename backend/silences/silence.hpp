#pragma once
// A silence: for some time nobody is told of the alerts that it matches. Values and arithmetic; what keeps
// them is engine/.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/strong_id.hpp"
#include "silences/matcher.hpp"

namespace qd::silences {

using SilenceId = core::StrongId<struct SilenceTag>;

/// Where our own silences are; every other source is the name of an Alertmanager.
inline constexpr std::string_view own_source = "quarterdeck";

enum class SilenceState { pending, active, expired };

std::string_view to_string(SilenceState state);
std::optional<SilenceState> parse_silence_state(std::string_view text);

struct Silence {
    SilenceId id;
    std::string source{own_source};
    std::vector<Matcher> matchers;
    core::WallTime starts_at{};
    core::WallTime ends_at{};
    std::string created_by;
    std::string comment;  // why
    core::WallTime updated_at{};

    bool operator==(const Silence&) const = default;
};

inline constexpr std::chrono::days longest_silence{366};

/// Matchers that check() takes, an end after the start, after `now` and within a year, a comment of at most
/// 4,000 bytes, which must be there. Errc::invalid_argument names the field.
core::Result<> check(const Silence& silence, core::WallTime now);

/// From starts_at (included) to ends_at (excluded) it is active.
SilenceState state_at(const Silence& silence, core::WallTime now);

/// It is active, and ends within `ahead` from `now`.
bool ends_soon(const Silence& silence, core::WallTime now, std::chrono::milliseconds ahead);

}  // namespace qd::silences
