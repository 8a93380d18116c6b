#include "decode/clip_writer.hpp"

#include <unistd.h>

#include <system_error>

#include "core/files.hpp"

namespace qd::decode {

core::Result<std::unique_ptr<ClipWriter>> ClipWriter::open(const std::filesystem::path& path,
                                                           const StreamConfigPtr& video,
                                                           AVRational video_base,
                                                           const StreamConfigPtr& audio,
                                                           AVRational audio_base) {
    media::quiet_ffmpeg();
    std::unique_ptr<ClipWriter> writer(new ClipWriter);
    writer->path_ = path;
    writer->partial_ = path;
    writer->partial_ += fmt::format(".part-{}", getpid());
    // By name as well: moving the index to the front reads the file again.
    const std::string url = "file:" + writer->partial_.string();
    AVFormatContext* format = nullptr;
    if (const auto made = media::check(avformat_alloc_output_context2(&format, nullptr, "mp4", url.c_str()),
                                       "writing a clip");
        !made)
        return core::Failure(made.error());
    writer->format_.reset(format);
    const std::pair<const StreamConfigPtr*, AVRational> wanted[] = {{&video, video_base},
                                                                    {&audio, audio_base}};
    for (int kind = 0; kind < 2; ++kind) {
        const auto& [config, base] = wanted[kind];
        if (!*config) continue;
        AVStream* stream = avformat_new_stream(format, nullptr);
        if (stream == nullptr || avcodec_parameters_copy(stream->codecpar, (*config)->parameters.get()) < 0)
            return core::fail(core::Errc::internal, "out of memory");
        stream->codecpar->codec_tag = 0;
        stream->time_base = base;
        writer->streams_[kind] = stream->index;
    }
    if (const auto opened = media::check(avio_open(&writer->io_, url.c_str(), AVIO_FLAG_WRITE),
                                         "writing " + path.string(), core::Errc::io);
        !opened)
        return core::Failure(opened.error());
    format->pb = writer->io_;
    media::Options options;
    options.set("movflags", "+faststart");
    if (const auto begun = media::check(avformat_write_header(format, options.get()), "an MP4 of this stream",
                                        core::Errc::unprocessable);
        !begun)
        return core::Failure(begun.error());
    return writer;
}

ClipWriter::~ClipWriter() {
    format_.reset();
    if (io_ != nullptr) avio_closep(&io_);
    std::error_code ignored;
    if (!partial_.empty()) std::filesystem::remove(partial_, ignored);
}

core::Result<> ClipWriter::write(StreamKind kind, AVPacket& packet, AVRational time_base) {
    const int index = streams_[kind == StreamKind::video ? 0 : 1];
    if (index < 0) return {};
    packet.stream_index = index;
    packet.pos = -1;
    av_packet_rescale_ts(&packet, time_base, format_->streams[index]->time_base);
    return media::check(av_interleaved_write_frame(format_.get(), &packet), "writing " + path_.string(),
                        core::Errc::io);
}

core::Result<std::uint64_t> ClipWriter::finish() {
    const std::string doing = "writing " + path_.string();
    if (auto ended = media::check(av_write_trailer(format_.get()), doing, core::Errc::io); !ended)
        return core::Failure(ended.error());
    if (auto closed = media::check(avio_closep(&io_), doing, core::Errc::io); !closed)
        return core::Failure(closed.error());
    format_->pb = nullptr;
    const auto file = core::open_for_reading(partial_);
    if (!file) return core::Failure(file.error());
    const auto size = core::file_size(*file);
    if (!size) return size;
    if (fsync(file->get()) != 0) return core::fail_errno(doing, errno);
    std::error_code error;
    std::filesystem::rename(partial_, path_, error);
    if (error) return core::fail_errno(doing, error.value());
    partial_.clear();
    return size;
}

}  // namespace qd::decode
