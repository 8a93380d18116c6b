#include "media/sound.hpp"

#include <algorithm>
#include <cmath>

namespace qd::media {

using core::Errc;
using core::fail;
using core::Failure;

namespace {

constexpr std::int64_t greatest_drift =
    sound_rate_hz / 20;                               // beyond 50 ms sound is moved to where it belongs
constexpr std::int64_t silence_step = sound_rate_hz;  // a long gap is filled a second at a time

std::int64_t to_samples(double seconds) {
    return std::llround(seconds * sound_rate_hz);
}
std::int64_t to_samples(Ticks ticks) {
    return av_rescale(ticks, sound_rate_hz, ticks_per_second);
}

}  // namespace

core::Result<std::unique_ptr<Sound>> Sound::open(const std::filesystem::path& path, Patience patience,
                                                 double origin_s, std::uint64_t bitrate) {
    auto source = Source::open(path, std::move(patience), std::int64_t(16) << 20);
    if (!source) return Failure(source.error());
    std::unique_ptr<Sound> sound(new Sound(std::move(*source)));
    sound->stream_ = sound->source_.audio();
    if (!sound->stream_) return fail(Errc::unprocessable, "the file has no sound");
    sound->source_.select_only(sound->stream_);
    auto decoder = open_decoder(sound->stream_, 1, 0);
    if (!decoder) return core::fail_with_context("its sound", decoder.error());
    sound->decoder_ = std::move(*decoder);
    sound->origin_s_ = origin_s;
    sound->unwrap_ = Unwrap((sound->source_.format()->iformat->flags & AVFMT_TS_DISCONT) != 0);
    sound->packet_ = make_packet();
    sound->frame_ = make_frame();
    if (auto result = sound->open_encoder(bitrate); !result) return Failure(result.error());
    sound->fifo_.reset(av_audio_fifo_alloc(AV_SAMPLE_FMT_FLTP, 2, sound->encoder_->frame_size * 8));
    if (!sound->fifo_) return fail(Errc::internal, "out of memory");
    return sound;
}

core::Result<> Sound::open_encoder(std::uint64_t bitrate) {
    const AVCodec* codec = avcodec_find_encoder(AV_CODEC_ID_AAC);
    if (!codec) return fail(Errc::internal, "FFmpeg was built without its AAC encoder");
    encoder_.reset(avcodec_alloc_context3(codec));
    if (!encoder_) return fail(Errc::internal, "out of memory");
    encoder_->sample_fmt = AV_SAMPLE_FMT_FLTP;
    encoder_->sample_rate = sound_rate_hz;
    encoder_->ch_layout = AV_CHANNEL_LAYOUT_STEREO;
    encoder_->bit_rate = std::int64_t(bitrate);
    encoder_->time_base = {1, sound_rate_hz};
    encoder_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    return check(avcodec_open2(encoder_.get(), codec, nullptr), "opening the AAC encoder");
}

Ticks Sound::end() const {
    return av_rescale(heard_, ticks_per_second, sound_rate_hz);
}

core::Result<> Sound::advance(Ticks until, std::vector<Packet>& out) {
    // The encoder gives a packet once it has the one after it.
    const std::int64_t wanted = to_samples(until) + 2 * encoder_->frame_size;
    while (written_ < wanted) {
        if (ended_) {
            if (auto result = silence(std::min(silence_step, wanted - written_)); !result) return result;
        } else if (auto result = read_some(); !result) {
            return result;
        }
        if (auto result = encode(false, out); !result) return result;
    }
    return encode(false, out);
}

core::Result<bool> Sound::goes_beyond(Ticks until) {
    // Bounded: what is read here stays in the fifo until the next advance().
    const std::int64_t wanted = std::min(to_samples(until), heard_ + 30 * sound_rate_hz);
    while (!ended_ && heard_ + pending_silence_ <= wanted)
        if (auto result = read_some(); !result) return Failure(result.error());
    return heard_ + pending_silence_ > to_samples(until);
}

core::Result<> Sound::finish(Ticks end, std::vector<Packet>& out) {
    ended_ = true;
    pending_.reset();
    pending_silence_ = 0;
    const std::int64_t wanted = to_samples(end);
    while (written_ < wanted) {
        if (auto result = silence(std::min(silence_step, wanted - written_)); !result) return result;
        if (auto result = encode(false, out); !result) return result;
    }
    if (auto result = encode(true, out); !result) return result;
    if (auto result = check(avcodec_send_frame(encoder_.get(), nullptr), "ending the sound"); !result)
        return result;
    return drain(out);
}

core::Result<> Sound::read_some() {
    if (pending_silence_ > 0) {
        const std::int64_t step = std::min(silence_step, pending_silence_);
        pending_silence_ -= step;
        auto result = silence(step);
        heard_ = written_;
        return result;
    }
    if (pending_) {
        const Frame frame = std::move(pending_);
        return convert(const_cast<const std::uint8_t**>(frame->extended_data), frame->nb_samples, 0);
    }
    const int received = avcodec_receive_frame(decoder_.get(), frame_.get());
    if (received >= 0) return take(*frame_);
    if (received == AVERROR_EOF || draining_) {
        ended_ = true;
        return resampler_ ? convert(nullptr, 0, 0) : core::Result<>();
    }
    const int read = source_.read(packet_.get());
    if (source_.patience().over()) return fail(Errc::cancelled, "cancelled");
    if (read <
        0) {  // a read error ends the sound as the end of the file does: the pictures' reader judges the file
        draining_ = true;
        avcodec_send_packet(decoder_.get(), nullptr);
        return {};
    }
    if (packet_->stream_index == stream_->index) avcodec_send_packet(decoder_.get(), packet_.get());
    av_packet_unref(packet_.get());
    return {};
}

core::Result<> Sound::take(AVFrame& frame) {
    if (auto result = reconfigure(frame); !result) return result;
    const double duration_s = double(frame.nb_samples) / frame.sample_rate;
    std::optional<double> stamp;
    if (frame.best_effort_timestamp != AV_NOPTS_VALUE)
        stamp = double(frame.best_effort_timestamp) * av_q2d(stream_->time_base) - origin_s_;
    const double at_s = unwrap_(stamp, duration_s);
    const std::int64_t delay = swr_get_delay(resampler_.get(), sound_rate_hz);
    const std::int64_t drift = to_samples(at_s) - (written_ + delay);
    const bool first = written_ == 0 && delay == 0;
    const auto** data = const_cast<const std::uint8_t**>(frame.extended_data);
    if (drift > (first ? 0 : greatest_drift)) {
        pending_silence_ = drift;
        pending_ = make_frame();
        if (!pending_) return fail(Errc::internal, "out of memory");
        av_frame_move_ref(pending_.get(), &frame);
        return {};
    }
    const auto result = convert(data, frame.nb_samples, drift < (first ? 0 : -greatest_drift) ? -drift : 0);
    av_frame_unref(&frame);
    return result;
}

core::Result<> Sound::reconfigure(const AVFrame& frame) {
    if (resampler_ && in_format_ == frame.format && in_rate_ == frame.sample_rate &&
        in_channels_ == frame.ch_layout.nb_channels)
        return {};
    if (resampler_)
        if (auto result = convert(nullptr, 0, 0); !result) return result;
    AVChannelLayout layout{};
    if (frame.ch_layout.order == AV_CHANNEL_ORDER_UNSPEC || frame.ch_layout.nb_channels == 0)
        av_channel_layout_default(&layout, std::max(1, frame.ch_layout.nb_channels));
    else
        av_channel_layout_copy(&layout, &frame.ch_layout);
    AVChannelLayout stereo = AV_CHANNEL_LAYOUT_STEREO;
    SwrContext* context = nullptr;
    int result = swr_alloc_set_opts2(&context, &stereo, AV_SAMPLE_FMT_FLTP, sound_rate_hz, &layout,
                                     AVSampleFormat(frame.format), frame.sample_rate, 0, nullptr);
    resampler_.reset(context);
    if (result >= 0) result = swr_init(context);
    av_channel_layout_uninit(&layout);
    in_format_ = AVSampleFormat(frame.format);
    in_rate_ = frame.sample_rate;
    in_channels_ = frame.ch_layout.nb_channels;
    return check(result, "its sound cannot be mixed to stereo", Errc::unprocessable);
}

core::Result<> Sound::convert(const std::uint8_t** data, int samples, std::int64_t drop) {
    const int room = swr_get_out_samples(resampler_.get(), samples);
    if (room <= 0) return {};
    std::vector<float> left(static_cast<std::size_t>(room)), right(static_cast<std::size_t>(room));
    std::uint8_t* out[2] = {reinterpret_cast<std::uint8_t*>(left.data()),
                            reinterpret_cast<std::uint8_t*>(right.data())};
    const int count = swr_convert(resampler_.get(), out, room, data, samples);
    if (count < 0) return check(count, "mixing the sound", Errc::unprocessable);
    const std::int64_t skipped = std::min<std::int64_t>(drop, count);
    void* planes[2] = {left.data() + skipped, right.data() + skipped};
    const int kept = int(count - skipped);
    if (kept == 0) return {};
    if (av_audio_fifo_write(fifo_.get(), planes, kept) < kept) return fail(Errc::internal, "out of memory");
    written_ += kept;
    heard_ = written_;
    return {};
}

core::Result<> Sound::silence(std::int64_t samples) {
    std::vector<float> zeros(static_cast<std::size_t>(samples));
    void* planes[2] = {zeros.data(), zeros.data()};
    if (av_audio_fifo_write(fifo_.get(), planes, int(samples)) < samples)
        return fail(Errc::internal, "out of memory");
    written_ += samples;
    return {};
}

core::Result<> Sound::encode(bool everything, std::vector<Packet>& out) {
    const int size = encoder_->frame_size;
    while (buffered() >= size || (everything && buffered() > 0)) {
        const Frame frame = make_frame();
        if (!frame) return fail(Errc::internal, "out of memory");
        frame->nb_samples = int(std::min<std::int64_t>(buffered(), size));
        frame->format = AV_SAMPLE_FMT_FLTP;
        frame->sample_rate = sound_rate_hz;
        frame->ch_layout = AV_CHANNEL_LAYOUT_STEREO;
        frame->pts = encoded_;
        if (auto result = check(av_frame_get_buffer(frame.get(), 0), "buffering sound"); !result)
            return result;
        av_audio_fifo_read(fifo_.get(), reinterpret_cast<void**>(frame->data), frame->nb_samples);
        encoded_ += frame->nb_samples;
        if (auto result = check(avcodec_send_frame(encoder_.get(), frame.get()), "encoding sound"); !result)
            return result;
        if (auto result = drain(out); !result) return result;
    }
    return {};
}

core::Result<> Sound::drain(std::vector<Packet>& out) {
    for (;;) {
        Packet packet = make_packet();
        const int result = avcodec_receive_packet(encoder_.get(), packet.get());
        if (result == AVERROR(EAGAIN) || result == AVERROR_EOF) return {};
        if (result < 0) return check(result, "encoding sound");
        out.push_back(std::move(packet));
    }
}

}  // namespace qd::media
