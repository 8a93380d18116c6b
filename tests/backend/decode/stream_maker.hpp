#pragma once
// Small HLS streams of any codec this FFmpeg can encode: pictures with the frame code at 25 a second, and a
// tone.

#include <QtTest>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>

#include "media/ff.hpp"
#include "media/frame_code.hpp"

namespace qd::test {

inline void must(bool good, const char* what) {
    if (!good) qFatal("%s", what);
}

class StreamMaker {
public:
    static constexpr int fps = 25, width = 192, height = 108, rate = 48'000;

    /// Empty names: no such stream. Files named `name` with a number, and `name`.m3u8, in `folder`.
    struct Wanted {
        std::filesystem::path folder;
        std::string name;
        std::string video, audio;  // FFmpeg's encoders
        bool fragmented = false;   // MP4, else MPEG-TS
        double seconds = 2;
        double tone_hz = 440;
        std::string video_params = {};  // more of x264's or x265's own: "a=1:b=2"
    };

    static bool can(const std::string& encoder) {
        return encoder.empty() || avcodec_find_encoder_by_name(encoder.c_str()) != nullptr;
    }

    explicit StreamMaker(Wanted wanted) : wanted_(std::move(wanted)) {
        media::quiet_ffmpeg();
        std::filesystem::create_directories(wanted_.folder);
        const std::string base = (wanted_.folder / wanted_.name).string();
        AVFormatContext* format = nullptr;
        must(avformat_alloc_output_context2(&format, nullptr, "hls", (base + ".m3u8").c_str()) >= 0, "hls");
        format_.reset(format);
        if (!wanted_.video.empty()) add_video();
        if (!wanted_.audio.empty()) add_audio();
        media::Options options;
        options.set("hls_time", "1").set("hls_playlist_type", "vod");
        options.set("hls_segment_type", wanted_.fragmented ? "fmp4" : "mpegts");
        options.set("hls_segment_filename", base + "-%d" + (wanted_.fragmented ? ".m4s" : ".ts"));
        options.set("hls_fmp4_init_filename", wanted_.name + "-init.mp4");
        must(avformat_write_header(format, options.get()) >= 0, "the header");
        for (int i = 0; i < int(wanted_.seconds * fps); ++i) {
            if (video_) encode_picture(i);
            if (audio_)
                while (double(sound_at_) / rate < double(i + 1) / fps) encode_sound();
        }
        if (video_) encode(video_, nullptr, video_stream_);
        if (audio_) encode(audio_, nullptr, audio_stream_);
        must(av_write_trailer(format) >= 0, "the trailer");
    }

    /// Raw frames of sound, `frames_each` to a file: what packed audio is made of. Returns samples a frame.
    static int raw_sound(const std::string& encoder, double seconds, double tone_hz,
                         const std::function<void(double at, const AVPacket&, const AVCodecContext&)>& take) {
        StreamMaker maker(encoder, tone_hz);
        maker.take_ = take;
        while (double(maker.sound_at_) / rate < seconds) maker.encode_sound();
        maker.encode(maker.audio_, nullptr, nullptr);
        return maker.audio_->frame_size;
    }

private:
    StreamMaker(const std::string& encoder, double tone_hz) {
        wanted_.tone_hz = tone_hz;
        wanted_.audio = encoder;
        open_audio(0);
    }

    void add_video() {
        const AVCodec* codec = avcodec_find_encoder_by_name(wanted_.video.c_str());
        video_.reset(avcodec_alloc_context3(codec));
        video_->width = width;
        video_->height = height;
        video_->pix_fmt = AV_PIX_FMT_YUV420P;
        video_->time_base = {1, fps};
        video_->framerate = {fps, 1};
        video_->gop_size = fps;
        video_->keyint_min = fps;
        video_->bit_rate = 600'000;
        video_->thread_count = 1;
        if ((format_->oformat->flags & AVFMT_GLOBALHEADER) != 0 || wanted_.fragmented)
            video_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
        media::Options options;
        if (wanted_.video == "libx264")
            options.set("preset", "veryfast")
                .set("sc_threshold", "0")
                .set("x264-params", wanted_.video_params);
        if (wanted_.video == "libx265")
            options.set("preset", "ultrafast")
                .set("x265-params",
                     "log-level=none:keyint=25:min-keyint=25:scenecut=0:pools=1:" + wanted_.video_params);
        if (wanted_.video == "libvpx-vp9") options.set("deadline", "realtime").set("cpu-used", "8");
        if (wanted_.video == "libaom-av1") options.set("usage", "realtime").set("cpu-used", "8");
        must(avcodec_open2(video_.get(), codec, options.get()) >= 0, "the video encoder");
        video_stream_ = avformat_new_stream(format_.get(), nullptr);
        avcodec_parameters_from_context(video_stream_->codecpar, video_.get());
        video_stream_->time_base = video_->time_base;
    }

    void open_audio(int flags) {
        const AVCodec* codec = avcodec_find_encoder_by_name(wanted_.audio.c_str());
        audio_.reset(avcodec_alloc_context3(codec));
        audio_->sample_rate = rate;
        audio_->sample_fmt = codec->sample_fmts[0];
        audio_->bit_rate = 128'000;
        audio_->time_base = {1, rate};
        audio_->flags |= flags;
        audio_->strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL;
        av_channel_layout_default(&audio_->ch_layout, 2);
        must(avcodec_open2(audio_.get(), codec, nullptr) >= 0, "the audio encoder");
    }

    void add_audio() {
        open_audio(wanted_.fragmented ? AV_CODEC_FLAG_GLOBAL_HEADER : 0);
        audio_stream_ = avformat_new_stream(format_.get(), nullptr);
        avcodec_parameters_from_context(audio_stream_->codecpar, audio_.get());
        audio_stream_->time_base = audio_->time_base;
    }

    void encode_picture(int number) {
        const media::Frame frame = media::make_frame();
        frame->width = width;
        frame->height = height;
        frame->format = AV_PIX_FMT_YUV420P;
        must(av_frame_get_buffer(frame.get(), 0) >= 0, "a frame");
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x)
                frame->data[0][y * frame->linesize[0] + x] = std::uint8_t(60 + (x + y + 2 * number) % 120);
        for (int plane = 1; plane < 3; ++plane)
            for (int y = 0; y < height / 2; ++y)
                std::fill_n(frame->data[plane] + y * frame->linesize[plane], width / 2, std::uint8_t(128));
        media::write_frame_code({frame->data[0], width, height, frame->linesize[0]}, std::uint32_t(number));
        frame->pts = number;
        encode(video_, frame.get(), video_stream_);
    }

    void encode_sound() {
        const int samples = audio_->frame_size > 0 ? audio_->frame_size : 1024;
        const media::Frame frame = media::make_frame();
        frame->nb_samples = samples;
        frame->format = audio_->sample_fmt;
        frame->sample_rate = rate;
        av_channel_layout_copy(&frame->ch_layout, &audio_->ch_layout);
        must(av_frame_get_buffer(frame.get(), 0) >= 0, "sound");
        for (int i = 0; i < samples; ++i) {
            const float value =
                float(0.4 * std::sin(6.283185307 * wanted_.tone_hz * double(sound_at_ + i) / rate));
            if (audio_->sample_fmt == AV_SAMPLE_FMT_S16)
                for (int c = 0; c < 2; ++c)
                    reinterpret_cast<std::int16_t*>(frame->data[0])[2 * i + c] = std::int16_t(value * 32'000);
            else
                for (int c = 0; c < 2; ++c) reinterpret_cast<float*>(frame->data[c])[i] = value;
        }
        frame->pts = sound_at_;
        sound_at_ += samples;
        encode(audio_, frame.get(), audio_stream_);
    }

    void encode(media::CodecContext& encoder, AVFrame* frame, AVStream* stream) {
        must(avcodec_send_frame(encoder.get(), frame) >= 0, "encoding");
        for (;;) {
            const media::Packet packet = media::make_packet();
            if (avcodec_receive_packet(encoder.get(), packet.get()) < 0) return;
            if (take_) {
                take_(double(packet->pts) / rate, *packet, *encoder);
                continue;
            }
            if (packet->duration == 0 && encoder == video_) packet->duration = 1;
            packet->stream_index = stream->index;
            av_packet_rescale_ts(packet.get(), encoder->time_base, stream->time_base);
            must(av_interleaved_write_frame(format_.get(), packet.get()) >= 0, "writing");
        }
    }

    Wanted wanted_;
    media::OutputFormat format_;
    media::CodecContext video_, audio_;
    AVStream* video_stream_ = nullptr;
    AVStream* audio_stream_ = nullptr;
    std::int64_t sound_at_ = 0;
    std::function<void(double, const AVPacket&, const AVCodecContext&)> take_;
};

inline void write_text(const std::filesystem::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}
inline std::string read_text(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// An ID3 tag with the PRIV frame of packed audio.
inline std::string timestamp_tag(std::uint64_t timestamp_90k) {
    const std::string owner("com.apple.streaming.transportStreamTimestamp\0", 45);
    std::string content = owner;
    for (int shift = 56; shift >= 0; shift -= 8) content += char(timestamp_90k >> shift);
    const auto safe = [](std::size_t size) {
        std::string result;
        for (int shift = 21; shift >= 0; shift -= 7) result += char((size >> shift) & 0x7f);
        return result;
    };
    const std::string frame = "PRIV" + safe(content.size()) + std::string(2, '\0') + content;
    return std::string("ID3\4\0\0", 6) + safe(frame.size()) + frame;
}

}  // namespace qd::test
