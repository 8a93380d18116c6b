#pragma once
// A source's sound as AAC packets, on the title's clock: decoded, mixed to stereo at 48 kHz, gaps filled with
// silence, overlaps dropped, whatever the file's interleaving.

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "core/result.hpp"
#include "media/pacer.hpp"
#include "media/source.hpp"
#include "media/unwrap.hpp"

namespace qd::media {

inline constexpr int sound_rate_hz = 48'000;

/// Not thread-safe. Reads the file on its own, apart from the pictures' reader, so that neither has to hold
/// back what the other has not come to yet.
class Sound {
public:
    /// `origin_s`: what counts as 0 in the source's timestamps, seconds.
    static core::Result<std::unique_ptr<Sound>> open(const std::filesystem::path& path, Patience patience,
                                                     double origin_s, std::uint64_t bitrate);

    const AVCodecContext& encoder() const { return *encoder_; }

    /// Encodes until all packets up to `until` are out, with silence once the source has ended.
    core::Result<> advance(Ticks until, std::vector<Packet>& out);
    /// Reads on as far as `until`, without silence: whether the source still has sound beyond it.
    core::Result<bool> goes_beyond(Ticks until);
    /// Where the source's sound has ended so far.
    Ticks end() const;
    /// Silence up to `end`, then the encoder's last packets.
    core::Result<> finish(Ticks end, std::vector<Packet>& out);

private:
    explicit Sound(Source source) : source_(std::move(source)) {}
    core::Result<> open_encoder(std::uint64_t bitrate);
    core::Result<> read_some();
    core::Result<> take(AVFrame& frame);
    core::Result<> reconfigure(const AVFrame& frame);
    core::Result<> convert(const std::uint8_t** data, int samples, std::int64_t drop);
    core::Result<> silence(std::int64_t samples);
    core::Result<> encode(bool everything, std::vector<Packet>& out);
    core::Result<> drain(std::vector<Packet>& out);
    std::int64_t buffered() const { return av_audio_fifo_size(fifo_.get()); }

    Source source_;
    AVStream* stream_ = nullptr;
    CodecContext decoder_, encoder_;
    Resampler resampler_;
    AVSampleFormat in_format_ = AV_SAMPLE_FMT_NONE;
    int in_rate_ = 0;
    int in_channels_ = 0;
    AudioFifo fifo_;
    Packet packet_;
    Frame frame_;
    Unwrap unwrap_;
    double origin_s_ = 0;
    std::int64_t written_ = 0;          // samples put into the fifo
    std::int64_t heard_ = 0;            // written_ up to where the source's sound has come
    std::int64_t encoded_ = 0;          // samples given to the encoder
    std::int64_t pending_silence_ = 0;  // of a gap, handed out in pieces
    Frame pending_;                     // what comes after that gap
    bool draining_ = false;
    bool ended_ = false;
};

}  // namespace qd::media
