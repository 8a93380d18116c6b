#include "media/source.hpp"

#include <utility>

namespace qd::media {

using core::Errc;
using core::fail;
using core::Failure;

namespace {

// Containers of single files. Playlists and scripts (hls, concat, dash, image sequences) can name other files
// or hosts, and raw streams have no timestamps: neither is an upload.
constexpr const char* containers = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,mpeg,avi,flv,ogg,asf";

int give_up(void* patience) {
    return static_cast<const Patience*>(patience)->over() ? 1 : 0;
}

int refuse_to_open(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) {
    return AVERROR(EPERM);
}

Failure not_opened(int error, const Source* source) {
    if (error == AVERROR_EXIT || (source && source->patience().over())) {
        if (source && source->patience().stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
        return fail(Errc::unprocessable, "the file takes too long to read");
    }
    return fail(error_code(error, Errc::unprocessable),
                "this is not a video file that can be read, or it is cut off before its index ({})",
                error_text(error));
}

}  // namespace

Source::Source(Source&& other) noexcept
    : patience_(std::move(other.patience_)),
      io_(std::exchange(other.io_, nullptr)),
      format_(std::move(other.format_)),
      size_bytes_(other.size_bytes_) {}

Source& Source::operator=(Source&& other) noexcept {
    if (this != &other) {
        close();
        patience_ = std::move(other.patience_);
        io_ = std::exchange(other.io_, nullptr);
        format_ = std::move(other.format_);
        size_bytes_ = other.size_bytes_;
    }
    return *this;
}

Source::~Source() {
    close();
}

void Source::close() {
    format_.reset();  // reads from io_ until it is gone
    avio_closep(&io_);
}

core::Result<Source> Source::open(const std::filesystem::path& path, Patience patience,
                                  std::int64_t probe_bytes) {
    quiet_ffmpeg();
    Source source;
    source.patience_ = std::make_unique<Patience>(std::move(patience));
    const AVIOInterruptCB interrupt{give_up, source.patience_.get()};

    std::error_code status;
    if (!std::filesystem::is_regular_file(path, status))
        return status ? core::fail_errno(path.string(), status.value())
                      : fail(Errc::unprocessable, "{} is not a regular file", path.string());
    Options io_options;
    io_options.set("protocol_whitelist", "file");
    int result = avio_open2(&source.io_, ("file:" + path.string()).c_str(), AVIO_FLAG_READ, &interrupt,
                            io_options.get());
    if (result < 0)
        return fail(error_code(result, Errc::io), "opening {}: {}", path.string(), error_text(result));
    source.size_bytes_ = avio_size(source.io_);
    if (source.size_bytes_ == 0) return fail(Errc::unprocessable, "the file is empty");

    AVFormatContext* format = avformat_alloc_context();
    if (!format) return fail(Errc::internal, "out of memory");
    format->pb = source.io_;
    format->interrupt_callback = interrupt;
    format->io_open = refuse_to_open;
    format->probesize = probe_bytes;
    format->max_analyze_duration = 5 * AV_TIME_BASE;
    format->max_streams = 64;
    Options options;
    options.set("format_whitelist", containers).set("protocol_whitelist", "file");
    result = avformat_open_input(&format, nullptr, nullptr, options.get());  // frees `format` when it fails
    if (result < 0) return not_opened(result, &source);
    source.format_.reset(format);
    result = avformat_find_stream_info(format, nullptr);
    if (result < 0 || source.patience_->over())
        return not_opened(result < 0 ? result : AVERROR_EXIT, &source);
    return source;
}

AVStream* Source::video() const {
    AVStream* best = nullptr;
    const auto rank = [](const AVStream* s) {
        return std::pair((s->disposition & AV_DISPOSITION_DEFAULT) != 0,
                         std::int64_t(s->codecpar->width) * s->codecpar->height);
    };
    for (unsigned i = 0; i < format_->nb_streams; ++i) {
        AVStream* candidate = format_->streams[i];
        if (candidate->codecpar->codec_type != AVMEDIA_TYPE_VIDEO) continue;
        if (candidate->disposition & (AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_STILL_IMAGE)) continue;
        if (!best || rank(candidate) > rank(best)) best = candidate;
    }
    return best;
}

AVStream* Source::audio() const {
    const AVStream* picture = video();
    const AVCodec* decoder = nullptr;
    const int index = av_find_best_stream(format_.get(), AVMEDIA_TYPE_AUDIO, -1,
                                          picture ? picture->index : -1, &decoder, 0);
    if (index < 0 || !decoder) return nullptr;
    AVStream* found = format_->streams[index];
    return found->codecpar->sample_rate > 0 && found->codecpar->ch_layout.nb_channels > 0 ? found : nullptr;
}

void Source::select_only(const AVStream* stream) const {
    for (unsigned i = 0; i < format_->nb_streams; ++i)
        format_->streams[i]->discard = format_->streams[i] == stream ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
}

core::Result<CodecContext> open_decoder(const AVStream* stream, unsigned threads, std::int64_t max_pixels) {
    const AVCodec* codec = avcodec_find_decoder(stream->codecpar->codec_id);
    if (!codec)
        return fail(Errc::unprocessable, "its codec ({}) cannot be decoded here",
                    avcodec_get_name(stream->codecpar->codec_id));
    CodecContext decoder(avcodec_alloc_context3(codec));
    if (!decoder) return fail(Errc::internal, "out of memory");
    if (auto result = check(avcodec_parameters_to_context(decoder.get(), stream->codecpar),
                            "reading the codec's "
                            "parameters",
                            Errc::unprocessable);
        !result)
        return Failure(result.error());
    decoder->pkt_timebase = stream->time_base;
    decoder->thread_count = int(threads);
    if (max_pixels > 0) decoder->max_pixels = max_pixels;
    if (auto result =
            check(avcodec_open2(decoder.get(), codec, nullptr), "opening the decoder", Errc::unprocessable);
        !result)
        return Failure(result.error());
    return decoder;
}

}  // namespace qd::media
