#pragma once
// Which level to load next, and when to give up on a segment that comes too slowly. Pure functions over
// values, so that each decision can be shown with what it was taken from. Estimator and abandon rule after
// hls.js, the buffer guards after ExoPlayer's AdaptiveTrackSelection.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/clock.hpp"

namespace qd::player {

enum class AbrReason {
    initial,        // the first choice: nothing measured yet but the given estimate
    locked,         // the caller fixed the level
    keep,           // the best level is the current one
    up,             // more bandwidth than the current level needs, and buffer enough to try
    up_deferred,    // a higher level would fit, but the buffer is below the guard
    down,           // the estimate does not carry the current level
    down_deferred,  // it does not, but the buffer will outlast it for now
    emergency,      // nothing loads before the buffer runs dry: the lowest level
    abandon,        // the segment at hand will come too late: a lower one comes sooner
    failed,         // the current level's playlist or segment cannot be had
};
std::string_view to_string(AbrReason reason);

struct AbrInputs {
    std::vector<double> level_bps;  // ascending, declared peak bandwidth of each level
    int current = -1;               // -1: none yet
    std::optional<int> locked;
    int max_level = -1;  // the highest that may be chosen; -1: any
    double estimate_bps = 0;
    core::Seconds ttfb{};
    core::Seconds buffered{};          // media ahead of the playhead
    core::Seconds segment_duration{};  // of the segment to be loaded
    core::Seconds remaining{};         // media from the playhead to the end; negative: not known (live)
};

struct AbrDecision {
    int level = 0;
    AbrReason reason = AbrReason::initial;
    AbrInputs inputs;
    core::SteadyTime at{};
    std::uint64_t sequence = 0;  // of the segment it was taken for
    core::Seconds up_guard{};    // buffer below which no higher level is tried, as scaled for this title
    core::Seconds down_guard{};  // buffer from which a lower level waits

    bool changes_level() const { return inputs.current >= 0 && level != inputs.current; }
};

/// ExoPlayer's 10 s, but no more than a quarter of what is left (never under two segments), so that short
/// titles and 2 s segments may go up at all.
core::Seconds up_guard(core::Seconds segment_duration, core::Seconds remaining);
/// ExoPlayer's 25 s, kept in proportion to the other guard.
core::Seconds down_guard(core::Seconds segment_duration, core::Seconds remaining);

/// Takes the highest level whose bandwidth is <= 0.95 of the estimate (0.70 when going up) and whose segment
/// loads before the buffer runs dry. `inputs.level_bps` must not be empty.
AbrDecision choose_level(AbrInputs inputs);

struct AbandonInputs {
    std::vector<double> level_bps;
    int current = 0;  // the level being loaded
    std::uint64_t loaded_bytes = 0;
    std::uint64_t total_bytes = 0;     // 0: not known, then estimated from the bandwidth
    core::Seconds loading{};           // since the request
    core::Seconds since_first_byte{};  // zero while none has come
    core::Seconds ttfb{};
    double estimate_bps = 0;
    core::Seconds buffered{};
    core::Seconds segment_duration{};
};

/// When to look again at a segment that is being loaded: from max(TTFB, half its duration) on, each 100 ms.
core::Seconds first_abandon_check(core::Seconds ttfb, core::Seconds segment_duration);
inline constexpr core::Seconds abandon_check_period{0.1};

/// The lower level to load instead, or nothing: the remainder must outlast the buffer, and the lower level
/// (at 0.8 of the rate seen) must come sooner than the remainder.
std::optional<int> should_abandon(const AbandonInputs& inputs);

}  // namespace qd::player
