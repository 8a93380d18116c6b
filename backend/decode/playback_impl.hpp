#pragma once
// Inside of Playback; not for others.
//
// Locks, in this order: control_ (who may open, seek and pull: so that a segment pulled belongs to the
// generation it is pulled for), then mutex_ (all state below but the shelf). Neither is held while sinks,
// callbacks or the session's observer are called, except that sound is written under mutex_.

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "decode/audio_line.hpp"
#include "decode/media_clock.hpp"
#include "decode/pipeline.hpp"
#include "decode/playback.hpp"
#include "decode/screen_picture.hpp"
#include "decode/segment_shelf.hpp"
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
    void seek(core::Seconds position, SeekMode mode);
    void step(int frames);
    void stop();
    void set_rate(double rate);
    void set_loop(std::optional<LoopRange> range);
    void set_output_size(int width, int height);
    void lock_level(std::optional<int> level);
    void select_audio(int index);
    void select_subtitles(std::optional<int> index) { session_.select_subtitles(index); }
    PlaybackSnapshot snapshot() const;
    std::optional<FrameInfo> frame_info() const;
    core::Result<VideoFrame> grab() const;
    std::vector<player::FetchRecord> fetches(std::uint64_t after) const;
    std::vector<player::StallInterval> stalls() const;

    void on_presentation(const player::PresentationInfo& info) override;
    void on_available() override;
    void on_fetch(const player::FetchRecord& record) override;
    void on_decision(const player::AbrDecision& decision) override;
    void on_skipped(const player::SkippedSegment& skipped) override;
    void on_notice(const player::Notice& notice) override;
    void on_failed(const core::Error& error) override;

private:
    /// What the callers' threads want of the device: only the present thread talks to it.
    enum class SoundOrder { pause, resume, begin_at_clock, stop };

    // playback_decode.cpp: the "decode" thread
    void decode_loop();
    Pipeline make_pipeline(const std::uint64_t& generation);
    void picture_decoded(DecodedPicture picture);
    void sound_decoded(SoundChunk chunk);
    void damaged(const player::MediaSegment& segment, const core::Error& error);
    void publish(const Pipeline& pipeline, Pipeline::Step last);

    // playback_present.cpp: the "present" thread
    void present_loop();
    /// One look at the state; returns when to look again at the latest. `lock` holds mutex_.
    core::SteadyTime present_once(std::unique_lock<std::mutex>& lock, core::SteadyTime now);
    void start_clock(core::Seconds at, core::SteadyTime now);
    void run_with_sound(core::Seconds at, core::SteadyTime now);
    void carry_out_orders(core::SteadyTime now);
    core::SteadyTime begin_or_wait(std::unique_lock<std::mutex>& lock, core::SteadyTime now);
    core::SteadyTime play_on(std::unique_lock<std::mutex>& lock, core::SteadyTime now);
    bool wait_for_sound(core::SteadyTime now);
    void follow_sound(core::SteadyTime now);
    core::SteadyTime run_dry(core::SteadyTime now, core::SteadyTime next, std::unique_lock<std::mutex>& lock);
    core::SteadyTime ride_out_stall(std::unique_lock<std::mutex>& lock, core::SteadyTime now);
    void finish(core::SteadyTime now);
    void tell_playhead(std::unique_lock<std::mutex>& lock, core::SteadyTime now, bool at_once);

    // playback_screen.cpp: pictures on their way to the screen, on the same thread
    bool prepare(std::unique_lock<std::mutex>& lock);
    void show(std::unique_lock<std::mutex>& lock, core::SteadyTime now);
    void show_again(std::unique_lock<std::mutex>& lock);
    void leave_out(core::SteadyTime now);
    bool above_screen(core::Seconds due) const;

    // playback_step.cpp: frame by frame, on the same thread
    void carry_out_steps(std::unique_lock<std::mutex>& lock, core::SteadyTime now);
    void step_forward(std::unique_lock<std::mutex>& lock, core::SteadyTime now);
    void step_back(std::unique_lock<std::mutex>& lock, core::SteadyTime now);
    bool arrive_stepping(std::unique_lock<std::mutex>& lock);
    void find_before(std::unique_lock<std::mutex>& lock, core::Seconds position);
    void show_stepped(std::unique_lock<std::mutex>& lock, core::SteadyTime now);
    void keep_back(DecodedPicture picture);

    /// With control_ held: what is pulled next holds `position`, without a request where that can be.
    void reposition(core::Seconds position);

    // with mutex_ held
    void set_state(PlaybackState state);
    void new_position(core::Seconds target, PlaybackState state, SeekMode mode = SeekMode::exact);
    void pause_now(core::SteadyTime now);
    void order(SoundOrder what);
    void wake();
    bool open() const;
    core::Seconds position(core::SteadyTime now) const;

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
    bool new_title_ = false, new_sound_ = false;  // the decode thread has not seen it
    bool paused_ = false;
    SeekMode seek_mode_ = SeekMode::exact;
    int steps_asked_ = 0;        // frames still to go; negative: back
    bool stepped_ = false;       // pictures were stepped since the sound last ran
    bool stepped_back_ = false;  // … and the sound that belongs to them is gone
    bool passing_ = false;       // steps forward have begun: the picture shown is among those kept
    bool finding_back_ = false;  // decoding again up to the picture before stepped_from_
    core::Seconds stepped_from_{};
    std::deque<DecodedPicture> back_;  // the pictures before the one shown, while paused
    std::uint64_t back_bytes_ = 0;
    double rate_ = 1;
    std::optional<LoopRange> loop_;
    bool loop_changed_ = false;  // the decode thread has not seen it
    bool size_changed_ = false;
    bool fresh_segments_ = false;  // the session may have something to pull

    std::deque<DecodedPicture> queue_;
    std::optional<ScreenPicture> prepared_;  // due next, scaled ahead of its time
    std::optional<ScreenPicture> shown_;
    AudioLine sound_;
    std::vector<SoundOrder> sound_orders_;
    MediaClock clock_;
    Size box_;
    bool decoder_waits_ = false;   // for segments
    bool decoder_done_ = false;    // everything has been given out
    bool decoder_failed_ = false;  // … and the end of the title is not among it
    bool audio_clock_ = false;
    std::optional<core::SteadyTime> sound_awaited_;  // the clock stands until the device is heard, or this
    core::SteadyTime heard_at_{};                    // when the device was heard last
    std::optional<core::Seconds> av_offset_;
    core::Seconds last_due_{};  // of the picture shown, or counted as dropped, last
    std::uint64_t above_screen_ = 0;
    std::string video_codec_, audio_codec_, decoder_, decoder_reason_;
    std::uint64_t pulling_lap_ = 0;
    core::Seconds pulling_shift_{};
    bool look_again_ = false;  // the present thread need not wait
    bool has_video_ = false, has_audio_ = false;
    unsigned dropped_in_a_row_ = 0;
    core::Seconds sound_until_{};  // end of the sound queued so far
    core::SteadyTime playhead_told_{};
    std::deque<core::SteadyTime> shown_at_;  // for decoded_fps

    // control_'s
    SegmentShelf shelf_;
    core::Seconds pulled_until_{};
    std::optional<int> locked_level_;
    std::atomic<std::uint64_t> kept_bytes_{0};

    player::PresentationInfo presentation_;
    player::QoeTracker qoe_;
    std::optional<player::AbrDecision> last_decision_;
    PictureScaler scaler_;  // the present thread's
    player::PlayerSession session_;
    std::thread decode_thread_, present_thread_;
};

}  // namespace qd::decode
