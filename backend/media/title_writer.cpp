#include "media/title_writer.hpp"

namespace qd::media {

using core::Errc;
using core::fail;
using core::Failure;

namespace {

core::Result<> add_stream(AVFormatContext* format, const AVCodecContext& encoder) {
    AVStream* stream = avformat_new_stream(format, nullptr);
    if (!stream) return fail(Errc::internal, "out of memory");
    stream->time_base = encoder.time_base;
    stream->avg_frame_rate = encoder.framerate;
    return check(avcodec_parameters_from_context(stream->codecpar, &encoder), "describing a stream");
}

}  // namespace

core::Result<std::unique_ptr<TitleWriter>> TitleWriter::open(const std::filesystem::path& path,
                                                             const Settings& settings) {
    std::unique_ptr<TitleWriter> writer(new TitleWriter);
    writer->path_ = path;
    writer->temporary_ = path.string() + ".part";
    if (auto opened = writer->open_encoders(settings); !opened) return Failure(opened.error());
    if (auto opened = writer->open_file(); !opened) return Failure(opened.error());
    return writer;
}

TitleWriter::~TitleWriter() {
    if (format_ && format_->pb) avio_closep(&format_->pb);
    std::error_code ignored;
    if (!finished_) std::filesystem::remove(temporary_, ignored);
}

core::Result<> TitleWriter::open_encoders(const Settings& settings) {
    const AVCodec* h264 = avcodec_find_encoder_by_name("libx264");
    const AVCodec* aac = avcodec_find_encoder(AV_CODEC_ID_AAC);
    if (!h264 || !aac) return fail(Errc::internal, "FFmpeg was built without libx264 or AAC");
    video_encoder_.reset(avcodec_alloc_context3(h264));
    if (!video_encoder_) return fail(Errc::internal, "out of memory");
    video_encoder_->width = settings.width;
    video_encoder_->height = settings.height;
    video_encoder_->pix_fmt = AV_PIX_FMT_YUV420P;
    video_encoder_->sample_aspect_ratio = {1, 1};
    video_encoder_->time_base = {1, settings.fps};
    video_encoder_->framerate = {settings.fps, 1};
    video_encoder_->gop_size = 2 * settings.fps;
    video_encoder_->thread_count = int(settings.threads);
    video_encoder_->color_range = AVCOL_RANGE_MPEG;
    video_encoder_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    Options options;
    options.set("preset", "ultrafast").set("crf", "26");
    if (auto opened =
            check(avcodec_open2(video_encoder_.get(), h264, options.get()), "opening the H.264 encoder");
        !opened)
        return opened;
    if (!settings.audio) return {};
    audio_encoder_.reset(avcodec_alloc_context3(aac));
    if (!audio_encoder_) return fail(Errc::internal, "out of memory");
    audio_encoder_->sample_fmt = AV_SAMPLE_FMT_FLTP;
    audio_encoder_->sample_rate = 48'000;
    audio_encoder_->ch_layout = AV_CHANNEL_LAYOUT_STEREO;
    audio_encoder_->bit_rate = 128'000;
    audio_encoder_->time_base = {1, 48'000};
    audio_encoder_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    return check(avcodec_open2(audio_encoder_.get(), aac, nullptr), "opening the AAC encoder");
}

core::Result<> TitleWriter::open_file() {
    AVFormatContext* format = nullptr;
    const std::string url = "file:" + temporary_.string();
    if (auto made = check(avformat_alloc_output_context2(&format, nullptr, "mp4", url.c_str()),
                          "making the MP4 muxer");
        !made)
        return made;
    format_.reset(format);
    format->flags |= AVFMT_FLAG_BITEXACT;
    if (auto added = add_stream(format, *video_encoder_); !added) return added;
    if (audio_encoder_)
        if (auto added = add_stream(format, *audio_encoder_); !added) return added;
    if (auto opened = check(avio_open(&format->pb, url.c_str(), AVIO_FLAG_WRITE), "writing " + path_.string(),
                            Errc::io);
        !opened)
        return opened;
    Options options;
    options.set("movflags", "+faststart");
    return check(avformat_write_header(format, options.get()), "writing " + path_.string(), Errc::io);
}

core::Result<> TitleWriter::encode(AVCodecContext& encoder, AVFrame* frame, int stream) {
    if (auto sent = check(avcodec_send_frame(&encoder, frame), "encoding"); !sent) return sent;
    const Packet packet = make_packet();
    for (;;) {
        const int result = avcodec_receive_packet(&encoder, packet.get());
        if (result == AVERROR(EAGAIN) || result == AVERROR_EOF) return {};
        if (auto got = check(result, "encoding"); !got) return got;
        packet->stream_index = stream;
        if (packet->duration == 0) packet->duration = 1;  // a picture: one frame
        av_packet_rescale_ts(packet.get(), encoder.time_base, format_->streams[stream]->time_base);
        if (auto written = check(av_interleaved_write_frame(format_.get(), packet.get()),
                                 "writing " + path_.string(), Errc::io);
            !written)
            return written;
    }
}

core::Result<> TitleWriter::finish() {
    if (auto flushed = encode(*video_encoder_, nullptr, 0); !flushed) return flushed;
    if (audio_encoder_)
        if (auto flushed = encode(*audio_encoder_, nullptr, 1); !flushed) return flushed;
    const std::string doing = "writing " + path_.string();
    if (auto ended = check(av_write_trailer(format_.get()), doing, Errc::io); !ended) return ended;
    if (auto closed = check(avio_closep(&format_->pb), doing, Errc::io); !closed) return closed;
    std::error_code error;
    std::filesystem::rename(temporary_, path_, error);
    if (error) return core::fail_errno(doing, error.value());
    finished_ = true;
    return {};
}

}  // namespace qd::media
