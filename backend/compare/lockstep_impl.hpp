#pragma once
// Inside of Lockstep; not for others.
//
// Time is the position on side a; a picture of side b is due at its own position minus the offset.
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
#include "decode/picture.hpp"
#include "decode/pipeline.hpp"
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
    LockstepSnapshot snapshot() const;
    std::vector<PairScore> scores(std::uint64_t after) const;
    std::vector<SegmentRow> segments() const;
    std::vector<player::FetchRecord> fetches(Side side, std::uint64_t after) const;
    Verdict verdict() const;

private:
    struct Prepared {  // a picture, scaled
        decode::DecodedPicture picture;
        decode::VideoFrame frame;
        decode::Size box;
    };
    struct Player final : player::SessionObserver {
        Player(Impl& owner_, Side side_, decode::FrameSink& frames_);
        void on_presentation(const player::PresentationInfo& info) override;
        void on_available() override;
        void on_fetch(const player::FetchRecord& record) override;
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
        std::optional<Prepared> prepared, shown;
        std::deque<decode::SoundChunk> sound;  // on its own timeline, from the clock on
        core::Seconds sound_until{};
        bool fresh = false;     // the session may have something to pull
        bool waits = false;     // for segments
        bool done = false;      // everything has been given out …
        bool broken = false;    // … but not the end of the title
        bool finished = false;  // so its QoE says
        bool held = false;      // in its QoE: the other side is waited for
        bool has_video = false, has_audio = false;
        unsigned dropped_in_a_row = 0;
        int level = -1;  // locked
        PulledSegments pulled;
        player::QoeTracker qoe;
        decode::SegmentShelf shelf;
        decode::PictureScaler scaler;  // the lockstep thread's
        player::PlayerSession session;
        std::thread decoder;
    };
    /// For the scores thread, in order.
    struct Work {
        enum class Kind { frame, end, failed, interrupt, fresh, offset };
        Kind kind = Kind::frame;
        Side side = Side::a;
        ComparedFrame frame;
        Offset offset;  // given, or where to look from
        std::string text;
        Both<std::string> names;
    };

    // lockstep_decode.cpp: the "decode-a" and "decode-b" threads
    void decode_loop(Player& player);
    decode::Pipeline make_pipeline(Player& player, const std::uint64_t& generation);
    void picture_decoded(Player& player, decode::DecodedPicture picture);
    void sound_decoded(Player& player, decode::SoundChunk chunk);
    void publish(Player& player, const decode::Pipeline& pipeline, decode::Pipeline::Step last,
                 const std::optional<core::Error>& error);

    // lockstep_present.cpp: the "lockstep" thread
    using Lock = std::unique_lock<std::mutex>;
    void present_loop();
    core::SteadyTime present_once(Lock& lock, core::SteadyTime now);
    core::SteadyTime begin_or_wait(Lock& lock, core::SteadyTime now);
    core::SteadyTime play_on(Lock& lock, core::SteadyTime now);
    core::SteadyTime ride_out_stall(Lock& lock, core::SteadyTime now);
    void step_on(Lock& lock, core::SteadyTime now);
    bool prepare(Lock& lock, Player& player);
    void show(Lock& lock, Player& player, core::SteadyTime now);
    void show_again(Lock& lock, Player& player);
    void carry_out_orders(core::SteadyTime now);
    void begin_sound(core::Seconds at);
    void finish(core::SteadyTime now);
    void finish_side(Player& player, core::SteadyTime now);
    void tell_playheads(Lock& lock, core::SteadyTime now, bool at_once);

    // lockstep_scores.cpp: the "scores" thread
    void score_loop();
    void take(Comparison& comparison, std::optional<OffsetFinder>& finder, Work work);
    void offset_found(const Offset& offset);
    void give(Work work);

    // with mutex_ held
    void set_state(decode::PlaybackState state);
    void new_position(core::Seconds target, decode::PlaybackState state);
    void wake();
    bool open() const;
    bool playable(const Player& player) const { return !player.done || player.has_next(); }
    core::Seconds shift(Side side) const { return side == Side::b ? offset_.b_minus_a : core::Seconds(0); }
    core::Seconds due(const Player& player, const decode::DecodedPicture& picture) const {
        return picture.at - shift(player.side);
    }
    core::Seconds due_end(const Player& player, const decode::DecodedPicture& picture) const {
        return picture.end() - shift(player.side);
    }
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
    bool aligned_ = false;  // live: the offset by sequence number has been looked for
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
