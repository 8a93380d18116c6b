#pragma once
// The decode thread's work in steps: segments are pulled, demultiplexed, and decoded as far as is asked for.
// Owns the decoders. Not thread-safe.

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "core/result.hpp"
#include "decode/audio_line.hpp"
#include "decode/decoded_picture.hpp"
#include "decode/resampler.hpp"
#include "decode/segment_reader.hpp"
#include "decode/stream_decoder.hpp"
#include "player/session.hpp"

namespace qd::decode {

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
        std::function<void(SoundChunk)> on_sound;  // placed on the media clock
        /// A segment that could not be read: playback goes on with the next.
        std::function<void(const player::MediaSegment&, const core::Error&)> on_damaged;
        /// Looping: what is pulled next is the segment that holds this position. May be empty where there are
        /// no loops.
        std::function<void(core::Seconds)> rewind;
        /// The pictures before the target of reset(), in order, before the first on_picture: when they are
        /// asked for.
        std::function<void(DecodedPicture)> on_before;
        /// A segment whose timestamps have nothing to do with those before it although the playlist has no
        /// discontinuity there: it was placed where the playlist has it, and this says so. May be empty.
        std::function<void(const std::string&)> on_jump{};
    };
    struct Start {
        core::Seconds target{};
        bool at_keyframe = false;        // of its segment, the last at or before the target
        std::uint64_t before_bytes = 0;  // pictures before the target that on_before gets, at most
        std::optional<core::Seconds> loop_from;
        core::Seconds loop_to{};  // 0: the end
        bool new_title = false;   // nothing that was learnt holds any more
        bool new_sound = false;   // another audio track
    };

    Pipeline(int threads, Callbacks callbacks);
    Pipeline(DecoderOptions video, Callbacks callbacks);

    /// Starts afresh: what comes before `target` is decoded but not given out.
    void reset(core::Seconds target) { reset(Start{target}); }
    void reset(const Start& start);
    /// From the lap that is being pulled on.
    void set_loop(std::optional<core::Seconds> from, core::Seconds to);
    /// One small piece of work. An error is fatal for the title (no decoder, nothing that could be read).
    core::Result<Step> step(Wants wants);

    /// Whether step() could decode something without a further segment.
    bool can_decode(Wants wants) const {
        return (wants.video && !video_.packets.empty()) || (wants.audio && !audio_.packets.empty());
    }
    bool has_video() const { return has_video_; }
    bool has_audio() const { return has_audio_; }
    /// The end of what has been pulled.
    core::Seconds pulled_until() const { return pulled_until_; }
    /// The lap of what is pulled next: from 0, and 0 again after reset().
    std::uint64_t pulling_lap() const { return lap_.number; }
    /// Media clock minus position, of what is pulled next.
    core::Seconds pulling_shift() const { return lap_.shift; }
    const StreamDecoder& video_decoder() const { return video_decoder_; }
    const StreamDecoder& audio_decoder() const { return audio_decoder_; }

private:
    struct Lap {
        std::uint64_t number = 0;
        core::Seconds shift{};   // media clock minus position
        core::Seconds target{};  // what ends before is not given out
        core::Seconds to{};      // nor what begins here or later; 0: no such limit
    };
    /// Where a packet belongs; its frame comes out of the decoder some packets later.
    struct Label {
        core::Seconds offset{};
        int level = -1;
        double level_bps = 0;
        std::uint64_t sequence = 0;
        AVRational time_base{1, 1};
        std::optional<std::int64_t> dts;  // the packet's
        Lap lap;
    };
    struct Queued {
        DemuxedPacket packet;
        Label label;
        bool drain_first = false;  // after a gap: what is held back belongs before it
        PacketUse use = PacketUse::shown;
    };
    struct Stream {
        std::deque<Queued> packets;
        Label last;                            // of the packet fed last
        std::map<std::int64_t, Label> labels;  // by timestamp: of those in the decoder
        core::Seconds next_at{};               // where a frame without a timestamp goes
    };

    core::Result<> decode_one(Stream& stream, StreamDecoder& decoder);
    core::Result<Step> refill(Wants wants);
    std::optional<Step> pull_main();
    std::optional<Step> pull_audio();
    void take(player::MediaSegment segment);
    struct Placed {
        core::Seconds offset{};  // of the timestamps
        bool jumped = false;
    };
    Placed place(const player::MediaSegment& segment, const std::vector<DemuxedPacket>& packets);
    std::size_t first_needed(const std::vector<DemuxedPacket>& packets, core::Seconds offset);
    void choose_kept(const std::vector<DemuxedPacket>& packets, core::Seconds offset);
    void queue(DemuxedPacket packet, const Label& label, bool drain_first, bool stands);
    bool lap_is_pulled() const;
    bool begin_next_lap();
    void drain();
    void picture(media::Frame frame);
    void remember(DecodedPicture picture);
    void sound(media::Frame frame);

    Callbacks callbacks_;
    StreamDecoder video_decoder_;
    StreamDecoder audio_decoder_;
    SoundConverter converter_;
    Stream video_, audio_;
    StreamConfigPtr video_config_, audio_config_, spare_config_;  // as read last
    StreamConfigPtr video_in_use_, audio_in_use_;                 // as fed last
    std::map<std::uint64_t, core::Seconds> offsets_;              // by discontinuity sequence
    std::optional<core::Seconds> main_until_, audio_until_;       // of the segments taken last, as placed
    Start start_;
    Lap lap_;
    core::Seconds lap_video_end_{}, lap_audio_end_{};  // of the packets taken in this lap
    bool lap_main_covered_ = false, lap_audio_covered_ = false;
    bool first_video_of_lap_ = false, first_audio_of_lap_ = false;
    core::Seconds pulled_until_{};
    bool separate_audio_ = false;
    bool main_ended_ = false;
    bool audio_ended_ = false;
    bool failed_ = false;
    bool drained_ = false;
    bool given_ = false;                 // a picture since reset()
    bool target_sent_ = false;           // to the decoder, since reset(): it comes out some packets later
    std::deque<DecodedPicture> before_;  // the last pictures before the target
    std::uint64_t before_bytes_ = 0;
    std::optional<core::Seconds> before_from_;  // of those, the first without a hole behind it
    bool known_ = false;                        // a segment of the main track has been read
    std::optional<core::Error> damage_;         // of a segment of this title, while none could be read
    bool has_video_ = false;
    bool has_audio_ = false;
};

}  // namespace qd::decode
