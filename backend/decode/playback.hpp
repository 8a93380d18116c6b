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
};

/// The callbacks come from the playback's or the session's threads, must not block and must not destroy the
/// playback. Each may be empty.
struct PlaybackCallbacks {
    std::function<void(PlaybackState)> on_state;
    std::function<void(const player::FetchRecord&)> on_fetch;
    std::function<void(const player::AbrDecision&)> on_decision;
    std::function<void(const player::SkippedSegment&)> on_skipped;
};

struct PlaybackServices {
    player::Transport& transport;
    core::Executor& executor;
    const core::Clock& clock;
    core::Random& random;
};

struct PlaybackOptions {
    int decoder_threads = 2;
    bool read_frame_code = false;   // fills VideoFrame::frame_number for generated titles
    std::size_t segment_log = 512;  // rows kept
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
    /// Exact: the next frame shown is the one due at `position` (clamped). Paused stays paused, with that
    /// frame shown.
    void seek(core::Seconds position);
    /// While paused: shows the next frame.
    void step();
    void stop();

    /// The size frames are scaled to, in pixels: they keep their shape and fit inside. At most 8192 each way.
    /// While paused the current frame comes again in the new size.
    void set_output_size(int width, int height);
    void lock_level(std::optional<int> level);

    PlaybackSnapshot snapshot() const;
    /// The last rows of the segment log with number > `after`, oldest first.
    std::vector<player::FetchRecord> fetches(std::uint64_t after = 0) const;
    std::vector<player::StallInterval> stalls() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace qd::decode
