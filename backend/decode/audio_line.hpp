#pragma once
// Sound between the decoder and the device: a queue with positions, without holes (silence) or overlaps
// (cut), and the time of what is heard. Not thread-safe: the playback's lock is held around it.

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "core/clock.hpp"
#include "decode/frame_sink.hpp"

namespace qd::decode {

struct SoundChunk {
    core::Seconds at{};
    std::vector<std::int16_t> samples;  // interleaved stereo, 48 kHz

    core::Seconds duration() const {
        return core::Seconds(double(samples.size() / audio_channels) / audio_rate_hz);
    }
};

class AudioLine {
public:
    /// `sink` may be null: nothing is queued.
    explicit AudioLine(AudioSink* sink) : sink_(sink) {}

    /// There is a device, as far as is known.
    bool usable() const { return sink_ != nullptr && !refused_; }
    void push(SoundChunk chunk);
    core::Seconds queued() const { return queued_; }
    bool empty() const { return queue_.empty(); }

    /// From here on `position` is heard first: what is older is dropped, the device flushed.
    void begin_at(core::Seconds position);
    /// Gives the device what it has room for. Call every 50 ms or sooner while playing.
    void feed(core::SteadyTime now);
    void pause();
    void resume();
    /// The title is over. The queue may hold the next one's sound already, and stays.
    void stop();
    /// Forgets the queue; begin_at() follows.
    void clear();

    /// Position of the sound that is heard; nothing when the device does not run or has not moved for a
    /// second although it has something to play.
    std::optional<core::Seconds> heard(core::SteadyTime now);

private:
    AudioSink* sink_;
    bool refused_ = false;
    bool started_ = false;
    bool paused_ = false;
    std::deque<SoundChunk> queue_;
    std::size_t front_offset_ = 0;  // samples of the front chunk that are written already
    core::Seconds queued_{};
    core::Seconds base_{};       // position of the first sample since begin_at()
    std::uint64_t written_ = 0;  // stereo frames since begin_at()
    core::Seconds last_played_{};
    core::SteadyTime last_moved_{};
};

}  // namespace qd::decode
