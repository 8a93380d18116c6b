#include "decode/resampler.hpp"

#include "decode/frame_sink.hpp"

namespace qd::decode {

core::Result<std::vector<std::int16_t>> SoundConverter::convert(const AVFrame& frame) {
    const int channels = frame.ch_layout.nb_channels;
    if (frame.nb_samples <= 0 || frame.sample_rate < 1000 || frame.sample_rate > 768'000 || channels < 1 ||
        channels > 64)
        return core::fail(core::Errc::corrupt, "sound of a format that cannot be played");
    if (!resampler_ || frame.format != format_ || frame.sample_rate != rate_ || channels != channels_) {
        AVChannelLayout stereo = AV_CHANNEL_LAYOUT_STEREO;
        AVChannelLayout input{};
        if (frame.ch_layout.order == AV_CHANNEL_ORDER_UNSPEC)
            av_channel_layout_default(&input, channels);
        else
            av_channel_layout_copy(&input, &frame.ch_layout);
        SwrContext* raw = nullptr;
        const int allocated =
            swr_alloc_set_opts2(&raw, &stereo, AV_SAMPLE_FMT_S16, audio_rate_hz, &input,
                                AVSampleFormat(frame.format), frame.sample_rate, 0, nullptr);
        av_channel_layout_uninit(&input);
        resampler_.reset(raw);
        if (allocated < 0 || swr_init(raw) < 0) {
            resampler_.reset();
            return core::fail(core::Errc::corrupt, "sound of a format that cannot be played");
        }
        format_ = frame.format;
        rate_ = frame.sample_rate;
        channels_ = channels;
    }
    const int room = swr_get_out_samples(resampler_.get(), frame.nb_samples);
    if (room <= 0) return std::vector<std::int16_t>{};
    std::vector<std::int16_t> samples(std::size_t(room) * audio_channels);
    auto* out = reinterpret_cast<std::uint8_t*>(samples.data());
    const int got = swr_convert(resampler_.get(), &out, room,
                                const_cast<const std::uint8_t**>(frame.extended_data), frame.nb_samples);
    if (got < 0) return core::fail(core::Errc::corrupt, "sound could not be converted");
    samples.resize(std::size_t(got) * audio_channels);
    return samples;
}

}  // namespace qd::decode
