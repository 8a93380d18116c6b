#pragma once
// Quality of experience by CTA-2066's definitions, from events with their times. Pure; not thread-safe.

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "player/fetch_record.hpp"

namespace qd::player {

enum class Outcome {
    running,
    ended,              // played to its end
    stopped,            // the viewer left after the start
    exit_before_start,  // the viewer left before the first frame, nothing fatal had happened
    start_failure,      // fatal before the first frame
    failed,             // fatal after it
};
std::string_view to_string(Outcome outcome);

struct StallInterval {
    core::SteadyTime from{};
    core::Seconds media_at{};  // where in the presentation
    core::Seconds duration{};  // so far, while it lasts
    bool open = false;
};

/// One reading. Durations are wall-clock time unless named otherwise.
struct Qoe {
    Outcome outcome = Outcome::running;
    /// Playback request to first frame rendered. Nothing when there was none: such sessions are left out,
    /// never zero.
    std::optional<core::Seconds> startup;
    core::Seconds
        watched{};  // request to pause, end or failure; pauses are not in it, start-up and stalls are
    core::Seconds stalled{};
    core::Seconds longest_stall{};
    unsigned stalls = 0;
    core::Seconds media_played{};  // media time rendered
    double bit_seconds = 0;        // sum of bitrate x media time, for averages over sessions
    unsigned switches_up = 0;
    unsigned switches_down = 0;
    unsigned errors = 0;  // failed attempts; a fatal error without any counts as one
    std::map<std::string, unsigned> errors_by_kind;
    unsigned skipped_segments = 0;
    unsigned abandoned_segments = 0;
    unsigned seeks = 0;
    std::uint64_t frames_shown = 0;
    std::uint64_t frames_dropped_early = 0;  // late when they left the decoder: never queued
    std::uint64_t frames_dropped_late = 0;   // overtaken in the queue
    std::uint64_t bytes = 0;                 // bodies received, playlists included
    bool stalled_now = false;

    /// stalled / watched; nothing before the first frame: what has not started cannot stall.
    std::optional<double> stalled_ratio() const;
    /// sum(bitrate x media time) / sum(media time), bit/s.
    std::optional<double> average_bps() const;
    unsigned switches() const { return switches_up + switches_down; }
};

class QoeTracker {
public:
    /// Keeps the last `log_limit` records and stalls; counts go on.
    explicit QoeTracker(std::size_t log_limit = 512) : log_limit_(log_limit) {}

    void requested(core::SteadyTime at);
    void first_frame(core::SteadyTime at);
    /// A stall: the buffer ran dry while playing. Ignored before the first frame, while paused and while
    /// seeking: start-up and seeking are not stalls.
    void stall_began(core::SteadyTime at, core::Seconds media_at);
    void stall_ended(core::SteadyTime at);
    void paused(core::SteadyTime at);
    void resumed(core::SteadyTime at);
    void seek_began(core::SteadyTime at);
    void seek_ended(core::SteadyTime at);
    /// `fatal` ends as a failure; otherwise as ended when `at_end`, else as the viewer leaving. Later calls
    /// are ignored.
    void finished(core::SteadyTime at, bool fatal, bool at_end);
    /// What had played to its end is watched on: from another position, or once more. Its totals go on.
    void reopened(core::SteadyTime at);

    void fetched(const FetchRecord& record);
    void segment_skipped() { ++totals_.skipped_segments; }
    void count_error(std::string_view kind);
    /// `media` seconds of a level with `level_bps` were rendered; a level other than the last is a switch.
    void rendered(int level, double level_bps, core::Seconds media);
    void frames(std::uint64_t shown, std::uint64_t dropped_early, std::uint64_t dropped_late);

    /// As of `now`: what is open (watching, a stall) counts up to it.
    Qoe snapshot(core::SteadyTime now) const;
    const std::deque<FetchRecord>& log() const { return log_; }
    const std::deque<StallInterval>& stall_log() const { return stalls_; }

private:
    void close_stall(core::SteadyTime at);
    void close_watch(core::SteadyTime at);

    std::size_t log_limit_;
    Qoe totals_;
    std::optional<core::SteadyTime> requested_;
    std::optional<core::SteadyTime> watching_since_;
    std::optional<core::SteadyTime> stall_since_;
    bool seeking_ = false;
    bool paused_ = false;
    int last_level_ = -1;
    std::deque<FetchRecord> log_;
    std::deque<StallInterval> stalls_;
};

}  // namespace qd::player
