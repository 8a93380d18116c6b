#include "silences/silence.hpp"

namespace qd::silences {
namespace {

constexpr std::size_t max_comment_bytes = 4'000, max_name_bytes = 200;

}  // namespace

std::string_view to_string(SilenceState state) {
    switch (state) {
        case SilenceState::pending:
            return "pending";
        case SilenceState::active:
            return "active";
        case SilenceState::expired:
            break;
    }
    return "expired";
}

std::optional<SilenceState> parse_silence_state(std::string_view text) {
    for (const auto state : {SilenceState::pending, SilenceState::active, SilenceState::expired})
        if (to_string(state) == text) return state;
    return std::nullopt;
}

core::Result<> check(const Silence& silence, core::WallTime now) {
    using core::Errc;
    using core::fail;
    if (auto fits = check(silence.matchers); !fits) return fits;
    if (silence.ends_at <= silence.starts_at)
        return fail(Errc::invalid_argument, "ends_at: must be after starts_at");
    if (silence.ends_at <= now) return fail(Errc::invalid_argument, "ends_at: is in the past");
    if (silence.ends_at - now > longest_silence)
        return fail(Errc::invalid_argument, "ends_at: lies more than a year ahead");
    if (silence.comment.empty()) return fail(Errc::invalid_argument, "comment: say why");
    if (silence.comment.size() > max_comment_bytes)
        return fail(Errc::invalid_argument, "comment: at most {} bytes", max_comment_bytes);
    if (silence.created_by.size() > max_name_bytes)
        return fail(Errc::invalid_argument, "created_by: at most {} bytes", max_name_bytes);
    return {};
}

SilenceState state_at(const Silence& silence, core::WallTime now) {
    if (now < silence.starts_at) return SilenceState::pending;
    return now < silence.ends_at ? SilenceState::active : SilenceState::expired;
}

bool ends_soon(const Silence& silence, core::WallTime now, std::chrono::milliseconds ahead) {
    return state_at(silence, now) == SilenceState::active && silence.ends_at - now <= ahead;
}

}  // namespace qd::silences
