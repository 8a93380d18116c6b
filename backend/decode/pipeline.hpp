#pragma once
// The decode thread's work in steps: segments are pulled, demultiplexed, and decoded as far as is asked for.
// Owns the decoders. Not thread-safe.

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>

#include "core/result.hpp"
#include "decode/audio_line.hpp"
#include "decode/resampler.hpp"
#include "decode/segment_reader.hpp"
#include "decode/stream_decoder.hpp"
#include "player/session.hpp"

namespace qd::decode {

/// A decoded picture with its place in the presentation.
struct DecodedPicture {
    media::Frame frame;
    core::Seconds at{};
    core::Seconds duration{};
    int level = -1;
    double level_bps = 0;

    core::Seconds end() const { return at + duration; }
};

class Pipeline {
public:
    struct Wants {
        bool video = false;
        bool audio = false;
        bool no_sound = false;  // there is no device: sound is thrown away undecoded
    };
    enum class Step {
        worked,   // call again
        idle,     // nothing is wanted
        waiting,  // a segment must come first
        ended,    // everything has been given out
        failed,   // the session has failed and everything it had has been given out
    };
    struct Callbacks {
        std::function<player::Pull(player::Track)> pull;
        std::function<void(DecodedPicture)> on_picture;
        std::function<void(SoundChunk)> on_sound;
        /// A segment that could not be read: playback goes on with the next.
        std::function<void(const player::MediaSegment&, const core::Error&)> on_damaged;
    };

    Pipeline(int threads, Callbacks callbacks);

    /// Starts afresh: what comes before `target` is decoded but not given out.
    void reset(core::Seconds target);
    /// One small piece of work. An error is fatal for the title (no decoder).
    core::Result<Step> step(Wants wants);

    /// Whether step() could decode something without a further segment.
    bool can_decode(Wants wants) const {
        return (wants.video && !video_.packets.empty()) || (wants.audio && !audio_.packets.empty());
    }
    bool has_video() const { return has_video_; }
    bool has_audio() const { return has_audio_; }
    /// The end of what has been pulled.
    core::Seconds pulled_until() const { return pulled_until_; }

private:
    struct Queued {
        DemuxedPacket packet;
        core::Seconds offset{};
        int level = -1;
        double level_bps = 0;
        bool drain_first = false;  // after a gap: what is held back belongs before it
    };
    struct Stream {
        std::deque<Queued> packets;
        AVRational time_base{1, 1};  // of the packet fed last, as are the next three
        core::Seconds offset{};
        int level = -1;
        double level_bps = 0;
        core::Seconds next_at{};  // where a frame without a timestamp goes
    };

    core::Result<> decode_one(Stream& stream, StreamDecoder& decoder);
    Step refill(Wants wants);
    void take(player::MediaSegment segment);
    void drain();
    void picture(media::Frame frame);
    void sound(media::Frame frame);

    Callbacks callbacks_;
    StreamDecoder video_decoder_;
    StreamDecoder audio_decoder_;
    SoundConverter converter_;
    Stream video_, audio_;
    StreamConfigPtr video_config_, audio_config_, spare_config_;  // as read last
    StreamConfigPtr video_in_use_, audio_in_use_;                 // as fed last
    std::map<std::uint64_t, core::Seconds> offsets_;              // by discontinuity sequence
    core::Seconds target_{};
    core::Seconds pulled_until_{};
    bool separate_audio_ = false;
    bool main_ended_ = false;
    bool audio_ended_ = false;
    bool failed_ = false;
    bool drained_ = false;
    bool given_ = false;  // a picture since reset()
    std::optional<DecodedPicture> last_before_target_;
    bool known_ = false;  // a segment of the main track has been read
    bool has_video_ = false;
    bool has_audio_ = false;
};

}  // namespace qd::decode
