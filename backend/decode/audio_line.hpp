#pragma once
// Sound between the decoder and the device: a queue with positions, without holes (silence) or overlaps
// (cut), played at any rate with its pitch kept, and the time of what is heard. Positions are the media
// clock's. Not thread-safe: the playback's lock is held around it.

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "core/clock.hpp"
#include "decode/frame_sink.hpp"
#include "decode/time_stretch.hpp"

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
    struct Heard {
        core::Seconds at{};
        double rate = 1;  // at which it was written
    };

    /// `sink` may be null: nothing is queued.
    explicit AudioLine(AudioSink* sink) : sink_(sink) {}

    /// There is a device, as far as is known.
    bool usable() const { return sink_ != nullptr && !refused_; }
    void push(SoundChunk chunk);
    /// Media time that is queued and not yet handed to the device.
    core::Seconds queued() const;
    bool empty() const { return queue_.empty() && staged_.size() == staged_offset_; }
    /// Of what is written from now on.
    void set_rate(double rate) { rate_ = rate; }

    /// From here on `position` is heard first: what is older is dropped, the device flushed.
    void begin_at(core::Seconds position);
    /// Gives the device what it has room for. Call every 50 ms or sooner while playing.
    void feed(core::SteadyTime now);
    /// No more sound will be pushed before begin_at(): what is held back for stretching is given out too.
    void end_of_sound(bool ended) { ended_ = ended; }
    void pause();
    void resume();
    /// The title is over. The queue may hold the next one's sound already, and stays.
    void stop();
    /// Forgets the queue; begin_at() follows.
    void clear();

    /// What is heard now; nothing when the device does not run or has not moved for a second although it has
    /// something to play.
    std::optional<Heard> heard(core::SteadyTime now);
    /// Sound was written since begin_at() that must come to be heard.
    bool expecting() const { return usable() && started_ && !paused_ && written_ > 0; }

private:
    /// Written from here on: media time = media + (frames written since `written`) * rate / 48,000.
    struct Span {
        std::uint64_t written = 0;
        core::Seconds media{};
        double rate = 1;
    };

    bool stage();
    bool align_front();
    void take_front(std::vector<std::int16_t>& into);
    void stage_as(core::Seconds media, double rate);

    AudioSink* sink_;
    bool refused_ = false;
    bool started_ = false;
    bool paused_ = false;
    bool ended_ = false;
    double rate_ = 1;
    std::deque<SoundChunk> queue_;
    core::Seconds queued_{};
    core::Seconds next_media_{};  // position of the next sample taken from the queue
    TimeStretch stretch_;
    bool stretching_ = false;
    std::vector<std::int16_t> staged_;  // on its way into the device
    std::size_t staged_offset_ = 0;     // samples of it that are written
    std::deque<Span> spans_;
    core::Seconds span_end_{};   // media time behind what was staged last
    std::uint64_t written_ = 0;  // stereo frames since begin_at()
    core::Seconds last_played_{};
    core::SteadyTime last_moved_{};
};

}  // namespace qd::decode
