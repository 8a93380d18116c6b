#pragma once
// A title on the screen: a PlayerSession, FFmpeg's decoders and a clock. Frames come out through a FrameSink
// at the moment they are due, sound through an AudioSink.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/executor.hpp"
#include "core/random.hpp"
#include "decode/frame_info.hpp"
#include "decode/frame_sink.hpp"
#include "player/qoe.hpp"
#include "player/session.hpp"

namespace qd::decode {

enum class PlaybackState {
    idle,
    starting,  // asked to play; no frame yet
    playing,
    paused,
    stalled,  // the buffer ran dry
    seeking,
    ended,
    failed,
};
std::string_view to_string(PlaybackState state);

enum class SeekMode {
    exact,     // the picture that is due at the position
    keyframe,  // the last key picture at or before it, in the segment that holds it: nothing else is decoded
};

/// A range played over and over. `to` zero: the title's end. Shorter than 0.1 s: widened to that.
struct LoopRange {
    core::Seconds from{};
    core::Seconds to{};

    bool operator==(const LoopRange&) const = default;
};

struct PlaybackSnapshot {
    PlaybackState state = PlaybackState::idle;
    core::Seconds position{};  // of the picture on the screen
    bool audio_clock = false;  // the audio device paces; otherwise the system clock
    bool has_video = false;
    bool has_audio = false;
    int source_width = 0, source_height = 0;
    int shown_level = -1;    // of the picture on the screen; session.level is the one being loaded
    double decoded_fps = 0;  // frames shown over the last second or so of play
    player::Qoe qoe;
    player::SessionSnapshot session;
    std::optional<player::AbrDecision> last_decision;
    std::optional<core::Error> error;  // state failed: why

    double rate = 1;  // as asked for; what is in the device already is heard out at the rate before
    /// Picture minus sound when the last picture was shown: positive when the picture is ahead. Nothing while
    /// no sound is heard.
    std::optional<core::Seconds> av_offset;
    std::string video_codec, audio_codec;  // "H.264 High", "AAC LC"; empty: none met yet
    std::string decoder;                   // "software" or "VA-API"; empty before the first picture
    std::string decoder_reason;            // why not the hardware's; empty where it is
    /// Beyond what the screen can show at a rate above 1: neither early nor late.
    std::uint64_t frames_above_screen = 0;
    std::optional<LoopRange> loop;
    std::uint64_t laps = 0;         // completed since the last seek
    std::uint64_t kept_bytes = 0;   // of pulled segments, kept for seeking
    std::vector<player::Cue> cues;  // to be shown over the picture on the screen
    int audio_track = -1;           // into presentation.audio_tracks; -1: there is no choice
    std::optional<int> subtitle_track;
};

/// The callbacks come from the playback's or the session's threads, must not block and must not destroy the
/// playback. Each may be empty.
struct PlaybackCallbacks {
    std::function<void(PlaybackState)> on_state;
    std::function<void(const player::FetchRecord&)> on_fetch;
    std::function<void(const player::AbrDecision&)> on_decision;
    std::function<void(const player::SkippedSegment&)> on_skipped;
    std::function<void(const player::Notice&)> on_notice;
};

struct PlaybackServices {
    player::Transport& transport;
    core::Executor& executor;
    const core::Clock& clock;
    core::Random& random;
};

struct PlaybackOptions {
    int decoder_threads = 0;      // 0: one for each core, 2 to 4
    bool hardware_decode = true;  // where there is a device; software otherwise
    double screen_hz = 60;        // above it, rates beyond 1 leave pictures out
    // The three together bound a pane's memory, decoded pictures on their way (16 MB) and FFmpeg's own apart.
    std::uint64_t buffer_bytes =
        32u << 20;  // fetched and not yet decoded: the session's limit is lowered to it
    std::uint64_t kept_bytes = 16u << 20;       // pulled segments kept for seeking without another request
    std::uint64_t back_step_bytes = 24u << 20;  // decoded pictures kept for stepping back, while paused
    bool read_frame_code = false;               // fills VideoFrame::frame_number for generated titles
    std::size_t segment_log = 512;              // rows kept
};

/// Thread-safe; no call but the destructor blocks. Threads while a title is open: "decode" (demultiplexes,
/// decodes) and "present" (scales, paces, calls the sinks), plus FFmpeg's frame threads.
class Playback {
public:
    /// `frames` must outlive this, as must everything in `services`. `audio` may be null: the system clock
    /// paces.
    Playback(PlaybackServices services, FrameSink& frames, AudioSink* audio, PlaybackOptions options = {},
             PlaybackCallbacks callbacks = {});
    /// Stops; afterwards no callback or sink is called.
    ~Playback();
    Playback(const Playback&) = delete;
    Playback& operator=(const Playback&) = delete;

    /// Opens and plays. What was playing is stopped first. The start-up time counts from this call.
    void play(std::string url, player::SessionOptions options = {});
    void pause();
    /// Goes on; from the beginning when the title had ended.
    void resume();
    /// `position` is clamped. Exact: the next frame shown is the one due there. Paused stays paused, with
    /// that frame shown. Within what is buffered or kept, nothing is fetched again.
    void seek(core::Seconds position, SeekMode mode = SeekMode::exact);
    /// Pauses, and shows the frame so many further on, or back when negative; at most 1000 each way. Stays on
    /// the first or last frame where there are no more. Not a seek in the QoE.
    void step(int frames = 1);
    void stop();

    /// 0.25 to 4, clamped; the pitch of the sound is kept. Holds for what is played next as well.
    void set_rate(double rate);
    /// Nothing: plays on to the end. A position outside the range goes to its beginning. Each play() starts
    /// without a loop.
    void set_loop(std::optional<LoopRange> range);

    /// The size frames are scaled to, in pixels: they keep their shape and fit inside. At most 8192 each way.
    /// While paused the current frame comes again in the new size.
    void set_output_size(int width, int height);
    void lock_level(std::optional<int> level);
    /// Among PresentationInfo::audio_tracks; goes on at the picture on the screen.
    void select_audio(int index);
    /// Among PresentationInfo::subtitle_tracks; nothing: off.
    void select_subtitles(std::optional<int> index);

    PlaybackSnapshot snapshot() const;
    /// Of the frame on the screen; nothing before the first.
    std::optional<FrameInfo> frame_info() const;
    /// The frame on the screen in its coded size (pixel shape applied). Converts on the calling thread: about
    /// 5 ms for 1080p. Errc::not_found when there is none.
    core::Result<VideoFrame> grab() const;
    /// The last rows of the segment log with number > `after`, oldest first.
    std::vector<player::FetchRecord> fetches(std::uint64_t after = 0) const;
    std::vector<player::StallInterval> stalls() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace qd::decode
