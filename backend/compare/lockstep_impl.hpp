#pragma once
// Inside of Lockstep; not for others.
//
// Time is the position on side a; a picture of side b is due at its own position minus the offset. In a loop
// it goes on where a lap begins again: lap n is due n times the range later.
//
// Locks, in this order: control_ (who may open, seek and pull: so that a segment pulled belongs to the
// generation it is pulled for), then mutex_ (all state below but the scores thread's). Neither is held while
// sinks or callbacks are called.

#include <array>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "compare/comparison.hpp"
#include "compare/lockstep.hpp"
#include "decode/audio_line.hpp"
#include "decode/media_clock.hpp"
#include "decode/pipeline.hpp"
#include "decode/screen_picture.hpp"
#include "decode/segment_shelf.hpp"
#include "player/outbox.hpp"
#include "player/qoe.hpp"

namespace qd::compare {

class Lockstep::Impl {
public:
    Impl(CompareServices services, decode::FrameSink& frames_a, decode::FrameSink& frames_b,
         decode::AudioSink* audio, LockstepOptions options, LockstepCallbacks callbacks);
    ~Impl();

    void play(SideOptions a, SideOptions b);
    void pause();
    void resume();
    void seek(core::Seconds position);
    void step(int frames);
    void stop();
    void set_rate(double rate);
    void set_audible(Side side);
    void set_offset(std::optional<core::Seconds> b_minus_a);
    void set_output_size(int width, int height);
    void lock_level(int level);
    void set_loop(std::optional<decode::LoopRange> range);
    void select_subtitles(std::optional<int> index);
    LockstepSnapshot snapshot() const;
    std::vector<PairScore> scores(std::uint64_t after) const;
    std::vector<SegmentRow> segments() const;
    std::vector<player::FetchRecord> fetches(Side side, std::uint64_t after) const;
    core::Result<decode::VideoFrame> grab(Side side) const;
    std::optional<decode::FrameInfo> frame_info(Side side) const;
    std::vector<player::StallInterval> stalls(Side side) const;
    std::vector<player::AbrDecision> decisions(Side side) const;
    std::vector<player::Notice> notices(Side side) const;
    std::vector<SkippedAt> skipped(Side side) const;
    decode::PlaybackSnapshot playback(Side side) const;
    Verdict verdict() const;

private:
    struct Player final : player::SessionObserver {
        Player(Impl& owner_, Side side_, decode::FrameSink& frames_);
        void on_presentation(const player::PresentationInfo& info) override;
        void on_available() override;
        void on_fetch(const player::FetchRecord& record) override;
        void on_decision(const player::AbrDecision& decision) override;
        void on_skipped(const player::SkippedSegment& skipped) override;
        void on_notice(const player::Notice& told) override;
        void on_failed(const core::Error& error) override;
        bool has_next() const { return prepared || !queue.empty(); }

        Impl& owner;
        const Side side;
        decode::FrameSink& frames;
        SideOptions options;
        std::optional<player::PresentationInfo> presentation;
        std::optional<core::Error> error;
        std::deque<decode::DecodedPicture> queue;
        std::optional<decode::ScreenPicture> prepared, shown;
        std::deque<decode::SoundChunk>
            sound;  // on its own timeline (laps one after the other), from the clock on
        core::Seconds sound_until{};
        bool fresh = false;           // the session may have something to pull
        bool waits = false;           // for segments
        bool done = false;            // everything has been given out …
        bool broken = false;          // … but not the end of the title
        bool finished = false;        // so its QoE says
        bool held = false;            // in its QoE: the other side is waited for
        bool behind = false;          // live: not waited for any more, until it is there again
        core::Seconds behind_from{};  // what it had pulled by then
        bool new_title = false;       // the decoder's thread has not seen it
        /// The last one that left the decoder too late to be shown: in case it is the title's.
        std::optional<decode::DecodedPicture> dropped;
        bool has_video = false, has_audio = false;
        unsigned dropped_in_a_row = 0;
        int level = -1;                         // locked
        std::deque<core::SteadyTime> shown_at;  // over the last second of play
        std::string video_codec, audio_codec;
        std::deque<player::AbrDecision> decisions;
        std::deque<player::Notice> notices;
        std::deque<SkippedAt> skipped;
        PulledSegments pulled;
        core::Seconds pulled_until{};
        bool loop_changed = false;  // the decoder's thread has not seen it
        std::uint64_t pulling_lap = 0;
        std::map<std::uint64_t, core::Seconds> lap_shifts;  // of the pipeline's sound, by lap
        player::QoeTracker qoe;
        decode::SegmentShelf shelf;
        decode::PictureScaler scaler;  // the lockstep thread's
        player::PlayerSession session;
        std::thread decoder;
    };
    /// For the scores thread, in order.
    struct Work {
        enum class Kind { frame, end, failed, interrupt, fresh, offset, note };
        Kind kind = Kind::frame;
        Side side = Side::a;
        ComparedFrame frame;
        Offset offset;  // given, or where to look from
        std::string text;
        Both<std::string> names;
    };

    // lockstep_decode.cpp: the "decode-a" and "decode-b" threads
    void decode_loop(Player& player);
    decode::Pipeline make_pipeline(Player& player, const std::uint64_t& generation,
                                   decode::Pipeline* const& pipeline);
    void picture_decoded(Player& player, decode::DecodedPicture picture);
    void sound_decoded(Player& player, decode::SoundChunk chunk);
    decode::Pipeline::Start pipeline_start(Player& player) const;
    void publish(Player& player, const decode::Pipeline& pipeline, decode::Pipeline::Step last,
                 const std::optional<core::Error>& error);

    // lockstep_present.cpp: the "lockstep" thread
    using Lock = std::unique_lock<std::mutex>;
    void present_loop();
    core::SteadyTime present_once(Lock& lock, core::SteadyTime now);
    core::SteadyTime begin_or_wait(Lock& lock, core::SteadyTime now);
    core::SteadyTime play_on(Lock& lock, core::SteadyTime now);
    core::SteadyTime ride_out_stall(Lock& lock, core::SteadyTime now);
    void go_on(core::SteadyTime now);
    void step_on(Lock& lock, core::SteadyTime now);
    bool prepare(Lock& lock, Player& player);
    void show(Lock& lock, Player& player, core::SteadyTime now);
    void show_again(Lock& lock, Player& player);
    void carry_out_orders(core::SteadyTime now);
    void begin_sound(core::Seconds at);
    void finish(core::SteadyTime now);
    void finish_side(Player& player, core::SteadyTime now);
    void tell_playheads(Lock& lock, core::SteadyTime now, bool at_once);

    // lockstep_loop.cpp
    void settle_loop();
    void next_lap(Player& player, core::Seconds from, core::Seconds pipeline_shift);
    void reposition(Player& player, core::Seconds own);
    core::Seconds lap_correction(const Player& player, const decode::SoundChunk& chunk) const;

    // lockstep_tracks.cpp
    void match_subtitles();

    // lockstep_live.cpp: of the "lockstep" thread but for the first. They open the lock where they take it;
    // true: both were moved
    void watch_offset();
    bool begin_together(Lock& lock);
    bool follow_offset(Lock& lock, core::SteadyTime now);
    bool jump_over_hole(Lock& lock, core::SteadyTime now);
    bool go_back_for(Lock& lock, Player& late, core::SteadyTime now);
    bool move_both(Lock& lock, core::Seconds to);
    bool patience_is_over(core::SteadyTime now) const;
    void leave_behind(Player& late, core::SteadyTime now);
    void join_again(Player& late, core::SteadyTime now);
    Both<core::Seconds> common_window() const;
    core::Seconds segment_length(const Player& player) const;

    // lockstep_scores.cpp: the "scores" thread
    void score_loop();
    void take(Comparison& comparison, std::optional<OffsetFinder>& finder, Work work);
    void offset_found(const Offset& offset, core::Seconds by);
    void give(Work work);

    // with mutex_ held
    void set_state(decode::PlaybackState state);
    void new_position(core::Seconds target, decode::PlaybackState state);
    void wake();
    bool open() const;
    bool playable(const Player& player) const { return !player.done || player.has_next(); }
    core::Seconds shift(Side side) const { return side == Side::b ? offset_.b_minus_a : core::Seconds(0); }
    /// When laps begin again, on the clock.
    core::Seconds lap_begin(std::uint64_t lap) const {
        return laps_over_ ? double(lap) * (laps_over_->to - laps_over_->from) : core::Seconds(0);
    }
    core::Seconds due(const Player& player, const decode::DecodedPicture& picture) const {
        return picture.at - shift(player.side) + lap_begin(picture.lap);
    }
    core::Seconds due_end(const Player& player, const decode::DecodedPicture& picture) const {
        return due(player, picture) + picture.duration;
    }
    /// On side a's timeline: of what is on the screen, else where the clock stands.
    core::Seconds position(core::SteadyTime now) const;
    core::Seconds within(core::Seconds position) const;
    core::Seconds longest_end() const;
    /// Side a while it shows something, else b.
    const Player& leader() const {
        const Player &a = player(Side::a), &b = player(Side::b);
        return a.shown && !(a.behind && b.shown) ? a : b;
    }
    core::Seconds begin_seek(core::Seconds position);
    bool live() const;
    void pause_now(core::SteadyTime now);
    void release_held(core::SteadyTime now);
    void notice(std::string text);
    SideSnapshot side_snapshot(const Player& player, core::SteadyTime now) const;

    /// With control_ held and mutex_ not: the sessions go to where new_position() has set the clock.
    void move_sessions(core::Seconds target, bool fetch_again);
    void levels_known();

    core::SteadyTime steady() const { return services_.clock.steady_now(); }
    Player& player(Side side) { return side == Side::a ? *a_ : *b_; }
    const Player& player(Side side) const { return side == Side::a ? *a_ : *b_; }

    static constexpr core::Seconds loop_slack{1e-3};

    enum class SoundOrder { pause, resume, begin, stop };

    CompareServices services_;
    LockstepOptions options_;
    LockstepCallbacks callbacks_;

    std::recursive_mutex control_;
    mutable std::mutex mutex_;
    std::condition_variable decode_wake_, present_wake_, score_wake_;
    player::Outbox outbox_;
    bool ending_ = false;

    decode::PlaybackState state_ = decode::PlaybackState::idle;
    std::uint64_t generation_ = 0;  // grows with each play, seek and stop: older work is thrown away
    core::Seconds target_{};
    bool paused_ = false;
    int steps_asked_ = 0;
    bool stepped_ = false;
    bool size_changed_ = false;
    bool look_again_ = false;
    bool levels_settled_ = false;
    bool aligned_ = false;                        // live: the offset by date or number has been looked for
    std::optional<Offset> live_offset_;           // … and was this, or has become this since
    core::Seconds offset_moved_{};                // by so much, and nobody has followed yet
    core::SteadyTime waiting_since_{};            // states starting, seeking and stalled
    std::optional<decode::LoopRange> loop_;       // as asked for
    std::optional<decode::LoopRange> laps_over_;  // with both its ends; nothing: none, or not known yet
    bool subtitles_to_match_ = false;             // side b's
    std::optional<int> subtitles_asked_;
    std::optional<Side> waits_for_;
    Side audible_ = Side::a;
    bool audio_clock_ = false;
    Offset offset_;
    bool offset_known_ = false;
    decode::AudioLine line_;
    std::vector<SoundOrder> orders_;
    decode::MediaClock clock_;
    decode::Size box_;
    core::SteadyTime playhead_told_{};
    std::map<std::uint64_t, SegmentRow> rows_;

    std::deque<Work> work_;
    std::deque<PairScore> history_;
    std::uint64_t pairs_scored_ = 0, pairs_skipped_ = 0;
    Verdict verdict_;

    std::unique_ptr<Player> a_, b_;
    std::thread present_thread_, score_thread_;
};

}  // namespace qd::compare
