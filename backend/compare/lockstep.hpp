#pragma once
// Two players in step: one clock, the same segment numbers, a level locked on both, one audible side. Each
// side's pictures come out together, when they are due; both wait when one has nothing to show. Every pair of
// aligned frames is scored beside, as far as the machine keeps up.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compare/pair_score.hpp"
#include "compare/side_options.hpp"
#include "compare/verdict.hpp"
#include "core/clock.hpp"
#include "decode/frame_sink.hpp"
#include "decode/playback.hpp"
#include "player/session.hpp"

namespace qd::compare {

struct LockstepOptions {
    int level = -1;  // index on side a; -1: the highest both have
    core::Seconds start_at{};
    int decoder_threads = 2;  // each side
    /// Live: so long one side is waited for while the other has something to show; then that one goes on
    /// alone.
    core::Seconds live_patience{10};
    bool read_frame_code = true;
    bool score = true;
    std::size_t score_history = 20'000;  // pairs kept: more than five minutes at 60 a second
    std::size_t segment_log = 512;       // rows kept, each side
    Thresholds thresholds;
};

struct SideSnapshot {
    std::string name, url;
    decode::PlaybackState state = decode::PlaybackState::idle;
    core::Seconds position{};  // of the picture on the screen, on this side's timeline
    bool holds_up = false;     // the other waits for this one
    bool left_behind = false;  // live: it had nothing to show for too long, and the other goes on without it
    int level = -1;
    int source_width = 0, source_height = 0;
    std::optional<double> fps;
    std::vector<player::Cue> cues;      // to be shown over the picture on the screen
    std::optional<int> subtitle_track;  // into its own PresentationInfo::subtitle_tracks
    std::optional<player::AbrDecision> last_decision;
    /// Its start-up ends when its first picture is ready; time spent waiting for the other side is a pause,
    /// not a stall.
    player::Qoe qoe;
    player::SessionSnapshot session;
    std::optional<core::Seconds> first_byte;  // median over the segments so far
    std::optional<core::Error> error;
};

/// One segment on both sides; nothing where it has not come (yet).
struct SegmentRow {
    std::uint64_t sequence = 0;
    core::Seconds start{};
    Both<std::optional<core::Seconds>> first_byte;
    Both<std::optional<core::Seconds>> elapsed;
    Both<std::uint64_t> bytes;
};

/// b minus a, where both have the figure.
struct Deltas {
    std::optional<core::Seconds> startup;
    std::optional<double> stalled_ratio;
    std::optional<double> average_bps;
    std::optional<std::int64_t> dropped_frames;
    std::optional<core::Seconds> first_byte;
};
Deltas deltas(const SideSnapshot& a, const SideSnapshot& b);

struct LockstepSnapshot {
    decode::PlaybackState state = decode::PlaybackState::idle;
    core::Seconds position{};  // on side a's timeline
    core::Seconds end{};       // of the shorter side, so far; 0: not known
    Side audible = Side::a;
    double rate = 1;
    bool audio_clock = false;
    std::optional<Side> waits_for;  // state stalled: the side that has nothing to show
    bool live = false;              // one of the two has no end yet
    std::optional<decode::LoopRange> loop;
    std::uint64_t laps = 0;  // completed since the last seek
    Both<SideSnapshot> side;
    Deltas delta;
    std::optional<Offset> offset;  // nothing: still looked for
    std::optional<PairScore> last_score;
    std::uint64_t pairs_scored = 0, pairs_skipped = 0;
};

struct SkippedAt {
    core::WallTime at{};
    player::SkippedSegment segment;
};

/// Come from the lockstep's or the sessions' threads, must not block and must not destroy the lockstep.
struct LockstepCallbacks {
    std::function<void(decode::PlaybackState)> on_state;
    std::function<void(Side, const player::FetchRecord&)> on_fetch;
    std::function<void(Side, const player::AbrDecision&)> on_decision;
    std::function<void(Side, const player::SkippedSegment&)> on_skipped;
    std::function<void(const std::string&)> on_notice;
};

/// Thread-safe; no call but the destructor blocks. Threads: "decode-a", "decode-b", "lockstep", "scores".
class Lockstep {
public:
    /// Everything outlives it. `audio` may be null: the system clock paces.
    Lockstep(CompareServices services, decode::FrameSink& frames_a, decode::FrameSink& frames_b,
             decode::AudioSink* audio, LockstepOptions options = {}, LockstepCallbacks callbacks = {});
    /// Stops; afterwards no callback or sink is called.
    ~Lockstep();
    Lockstep(const Lockstep&) = delete;
    Lockstep& operator=(const Lockstep&) = delete;

    /// What was playing is stopped first.
    void play(SideOptions a, SideOptions b);
    void pause();
    /// Goes on; from the beginning when both had ended.
    void resume();
    /// Exact, on side a's timeline; both follow.
    void seek(core::Seconds position);
    /// Pauses, and goes so many frames of side a (of b, when a has none) on; less than 0: back.
    void step(int frames);
    void stop();

    /// 0.25 to 4, clamped; pitch kept.
    void set_rate(double rate);
    void set_audible(Side side);
    /// Position on b minus position on a of the same content; nothing: found from the pictures again.
    void set_offset(std::optional<core::Seconds> b_minus_a);
    /// The size each side's frames are scaled to, in pixels.
    void set_output_size(int width, int height);
    /// On side a's timeline, as asked for; both sides go round together. `to` zero: the end of the shorter
    /// side (not before it is known). Nothing: plays on. A position outside the range goes to its beginning.
    /// Each play() starts without. A live range that falls out of a window is given up, with a notice.
    void set_loop(std::optional<decode::LoopRange> range);
    /// Among side a's tracks; side b gets the one of the same language, else the one of equal index, else
    /// none; where that is not the same language a notice says so. Nothing: off. Each play() starts without.
    void select_subtitles(std::optional<int> index);
    /// Index into side a's levels; side b gets the one of equal index and size, else the nearest bandwidth,
    /// with a notice.
    void lock_level(int level);

    LockstepSnapshot snapshot() const;
    /// Scores with number > `after`, oldest first.
    std::vector<PairScore> scores(std::uint64_t after = 0) const;
    /// Segments of the last minutes, by sequence number.
    std::vector<SegmentRow> segments() const;
    std::vector<player::FetchRecord> fetches(Side side, std::uint64_t after = 0) const;

    /// The picture on the side's screen in its coded size (pixel shape applied). Converts on the calling
    /// thread: about 5 ms for 1080p. Errc::not_found when there is none.
    core::Result<decode::VideoFrame> grab(Side side) const;
    /// Of the picture on the side's screen; nothing before the first.
    std::optional<decode::FrameInfo> frame_info(Side side) const;
    std::vector<player::StallInterval> stalls(Side side) const;
    /// Oldest first, each at most 300 (the newest).
    std::vector<player::AbrDecision> decisions(Side side) const;
    std::vector<player::Notice> notices(Side side) const;
    std::vector<SkippedAt> skipped(Side side) const;
    /// One side as a player of its own would tell it: for evidence. While the other side is waited for, it is
    /// paused.
    decode::PlaybackSnapshot playback(Side side) const;

    Verdict verdict() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace qd::compare
