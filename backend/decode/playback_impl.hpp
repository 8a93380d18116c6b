#pragma once
// Inside of Playback; not for others.
//
// Locks, in this order: control_ (who may open, seek and pull: so that a segment pulled belongs to the
// generation it is pulled for), then mutex_ (all state below). Neither is held while sinks, callbacks or the
// session's observer are called, except that sound is written under mutex_.

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "decode/audio_line.hpp"
#include "decode/media_clock.hpp"
#include "decode/picture.hpp"
#include "decode/pipeline.hpp"
#include "decode/playback.hpp"
#include "player/outbox.hpp"

namespace qd::decode {

class Playback::Impl final : public player::SessionObserver {
public:
    Impl(PlaybackServices services, FrameSink& frames, AudioSink* audio, PlaybackOptions options,
         PlaybackCallbacks callbacks);
    ~Impl() override;

    void play(std::string url, player::SessionOptions options);
    void pause();
    void resume();
    void seek(core::Seconds position);
    void step();
    void stop();
    void set_output_size(int width, int height);
    void lock_level(std::optional<int> level) { session_.lock_level(level); }
    PlaybackSnapshot snapshot() const;
    std::vector<player::FetchRecord> fetches(std::uint64_t after) const;
    std::vector<player::StallInterval> stalls() const;

    void on_presentation(const player::PresentationInfo& info) override;
    void on_available() override;
    void on_fetch(const player::FetchRecord& record) override;
    void on_decision(const player::AbrDecision& decision) override;
    void on_skipped(const player::SkippedSegment& skipped) override;
    void on_failed(const core::Error& error) override;

private:
    /// What the callers' threads want of the device: only the present thread talks to it.
    enum class SoundOrder { pause, resume, begin_at_clock, stop };
    struct Prepared {  // the picture that is due next, scaled ahead of its time
        DecodedPicture picture;
        VideoFrame frame;
        Size box;
    };

    // playback_decode.cpp: the "decode" thread
    void decode_loop();
    void picture_decoded(DecodedPicture picture);
    void sound_decoded(SoundChunk chunk);
    void damaged(const player::MediaSegment& segment, const core::Error& error);

    // playback_present.cpp: the "present" thread
    void present_loop();
    /// One look at the state; returns when to look again at the latest. `lock` holds mutex_.
    core::SteadyTime present_once(std::unique_lock<std::mutex>& lock, core::SteadyTime now);
    bool prepare(std::unique_lock<std::mutex>& lock);
    void show(std::unique_lock<std::mutex>& lock, core::SteadyTime now);
    void show_again(std::unique_lock<std::mutex>& lock);
    void start_clock(core::Seconds at, core::SteadyTime now);
    void carry_out_orders(core::SteadyTime now);
    core::SteadyTime begin_or_wait(std::unique_lock<std::mutex>& lock, core::SteadyTime now);
    core::SteadyTime play_on(std::unique_lock<std::mutex>& lock, core::SteadyTime now);
    core::SteadyTime ride_out_stall(std::unique_lock<std::mutex>& lock, core::SteadyTime now);
    void finish(core::SteadyTime now);
    void tell_playhead(std::unique_lock<std::mutex>& lock, core::SteadyTime now, bool at_once);

    // with mutex_ held
    void set_state(PlaybackState state);
    void new_position(core::Seconds target, PlaybackState state);
    void order(SoundOrder what);
    void wake();
    bool open() const;

    core::SteadyTime steady() const { return services_.clock.steady_now(); }

    PlaybackServices services_;
    FrameSink& frames_;
    PlaybackOptions options_;
    PlaybackCallbacks callbacks_;

    std::recursive_mutex control_;
    mutable std::mutex mutex_;
    std::condition_variable decode_wake_, present_wake_;
    player::Outbox outbox_;
    bool ending_ = false;

    PlaybackState state_ = PlaybackState::idle;
    std::optional<core::Error> error_;
    std::uint64_t generation_ = 0;  // grows with each play, seek and stop: older work is thrown away
    core::Seconds target_{};
    bool paused_ = false;
    bool step_asked_ = false;
    bool stepped_ = false;  // pictures were stepped since the sound last ran
    bool size_changed_ = false;
    bool fresh_segments_ = false;  // the session may have something to pull

    std::deque<DecodedPicture> queue_;
    std::optional<Prepared> prepared_;
    std::optional<Prepared> shown_;
    AudioLine sound_;
    std::vector<SoundOrder> sound_orders_;
    MediaClock clock_;
    Size box_;
    bool decoder_waits_ = false;   // for segments
    bool decoder_done_ = false;    // everything has been given out
    bool decoder_failed_ = false;  // … and the end of the title is not among it
    bool audio_clock_ = false;
    bool look_again_ = false;  // the present thread need not wait
    bool has_video_ = false, has_audio_ = false;
    unsigned dropped_in_a_row_ = 0;
    core::Seconds sound_until_{};  // end of the sound queued so far
    core::SteadyTime playhead_told_{};
    std::deque<core::SteadyTime> shown_at_;  // for decoded_fps

    player::PresentationInfo presentation_;
    player::QoeTracker qoe_;
    std::optional<player::AbrDecision> last_decision_;
    PictureScaler scaler_;  // the present thread's
    player::PlayerSession session_;
    std::thread decode_thread_, present_thread_;
};

}  // namespace qd::decode
