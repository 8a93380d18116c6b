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
    up,             // more bandwidth than the level needs, and buffer enough to try
    surplus,        // the estimate alone does not carry the level: the long buffer pays for the rest
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
    int no_higher = -1;  // this segment was abandoned for this level: none above it; -1: it was not
    double estimate_bps = 0;
    double fill = 1;  // what segments really take, as a part of their level's declared bandwidth
    core::Seconds ttfb{};
    core::Seconds buffered{};          // media ahead of the playhead
    core::Seconds segment_duration{};  // of the segment to be loaded
    core::Seconds remaining{};         // media from the playhead to the end; negative: not known (live)
    core::Seconds to_live_edge{-1};    // live: media from the playhead to the end so far; negative: not live
};

struct AbrDecision {
    int level = 0;
    AbrReason reason = AbrReason::initial;
    AbrInputs inputs;
    core::SteadyTime at{};
    std::uint64_t sequence = 0;  // of the segment it was taken for
    core::Seconds up_guard{};    // buffer below which no higher level is tried, as scaled for this title
    core::Seconds down_guard{};  // buffer from which a lower level waits
    double usable_bps = 0;       // the bandwidth that was held against `level`'s, times the fill

    bool changes_level() const { return inputs.current >= 0 && level != inputs.current; }
};

/// ExoPlayer's 10 s, but no more than a quarter of what is left (never under two segments), so that short
/// titles and 2 s segments may go up at all; live, no more than 0.75 of what there is up to the
/// live edge without the segment to be loaded (ExoPlayer's rule).
core::Seconds up_guard(core::Seconds segment_duration, core::Seconds remaining,
                       core::Seconds to_live_edge = core::Seconds(-1));
/// ExoPlayer's 25 s, kept in proportion to the other guard.
core::Seconds down_guard(core::Seconds up_guard);

/// Takes the highest level that can be afforded and whose segment loads before the buffer runs dry.
/// Affordable is a bandwidth (times the fill) <= (0.95 + surplus) of the estimate (0.70 + surplus when going
/// up), where surplus = max(0, buffer - reserve) / 20 s. The reserve is the up guard, half of it for the
/// level held: so a full buffer plays above the estimate until it has shrunk, where an estimate between two
/// levels would otherwise leave the difference unused, and what a pessimistic estimate denies comes back
/// through the buffer it fills. `inputs.level_bps` must not be empty.
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
    std::optional<double> recent_bps;  // over the last abandon_window(); nothing: not watched for so long
    double fill = 1;
    core::Seconds buffered{};
    core::Seconds segment_duration{};
};

/// When to look again at a segment that is being loaded: from max(TTFB, half its duration) on, each 100 ms.
core::Seconds first_abandon_check(core::Seconds ttfb, core::Seconds segment_duration);
inline constexpr core::Seconds abandon_check_period{0.1};
/// How far back the recent rate looks: the longer the buffer, the more patience with a pause.
core::Seconds abandon_window(core::Seconds buffered);

/// The lower level to load instead, or nothing: the remainder must outlast the buffer, and the lower level
/// (at 0.8 of the rate seen) must come sooner than the remainder. The rate is the lower one of the whole
/// transfer's and the recent one. Where nothing comes at all any more: the lowest, if it is smaller than what
/// is missing.
std::optional<int> should_abandon(const AbandonInputs& inputs);

}  // namespace qd::player
