#include "media/probe.hpp"

#include <algorithm>

extern "C" {
#include <libavutil/pixdesc.h>
}

#include "media/geometry.hpp"
#include "media/source.hpp"

namespace qd::media {

using core::Errc;
using core::fail;
using core::Failure;

namespace {

/// Falling short of the declared duration by less than this is a property of containers, not a truncation.
double tolerated_shortfall_s(double duration_s) {
    return std::max(1.0, 0.1 * duration_s);
}

double seconds(std::int64_t at, AVRational base) {
    return double(at) * av_q2d(base);
}

double declared_duration_s(const Source& source, const AVStream* video) {
    const AVFormatContext* format = source.format();
    // A guess from the bit rate is no declaration.
    if (format->duration > 0 && format->duration_estimation_method != AVFMT_DURATION_FROM_BITRATE)
        return double(format->duration) / AV_TIME_BASE;
    if (video->duration > 0) return seconds(video->duration, video->time_base);
    return 0;
}

/// The end of the last packet from here to the end of the file, seconds from the stream's beginning; nothing
/// when time runs out or reading fails.
std::optional<double> last_packet_end_s(const Source& source, const AVStream* video) {
    const Packet packet = make_packet();
    const std::int64_t start = video->start_time == AV_NOPTS_VALUE ? 0 : video->start_time;
    std::optional<double> end;
    for (;;) {
        const int result = source.read(packet.get());
        if (result == AVERROR_EOF) return end;
        if (result < 0 || source.patience().over()) return std::nullopt;
        const std::int64_t at = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;
        if (packet->stream_index == video->index && at != AV_NOPTS_VALUE)
            end = std::max(end.value_or(0), seconds(at + packet->duration - start, video->time_base));
        av_packet_unref(packet.get());
    }
}

core::Result<> check_not_truncated(const Source& source, AVStream* video, double duration_s) {
    const double complete_s = duration_s - tolerated_shortfall_s(duration_s);
    const std::int64_t start = video->start_time == AV_NOPTS_VALUE ? 0 : video->start_time;
    for (int i = 0, count = avformat_index_get_entries_count(video); i < count; ++i) {
        const AVIndexEntry* entry = avformat_index_get_entry(video, i);
        if (!entry || entry->pos + entry->size <= source.size_bytes()) continue;
        const double at_s = seconds(entry->timestamp - start, video->time_base);
        if (at_s >= complete_s) break;
        return fail(Errc::unprocessable,
                    "the file is truncated: {:.1f} s of its {:.1f} s are there. Upload it again, complete",
                    std::max(0.0, at_s), duration_s);
    }
    // Matroska has no index of everything: its end has to be looked at.
    if (std::string_view(source.format()->iformat->name).starts_with("matroska")) {
        const std::int64_t near_end = start + std::int64_t(complete_s / av_q2d(video->time_base));
        if (av_seek_frame(source.format(), video->index, near_end, AVSEEK_FLAG_BACKWARD) < 0) return {};
        const auto end_s = last_packet_end_s(source, video);
        if (end_s && *end_s < complete_s)
            return fail(
                Errc::unprocessable,
                "the file is truncated: {:.1f} s of its {:.1f} s are there. Upload it again, complete",
                *end_s, duration_s);
    }
    return {};
}

/// Decodes until there is a picture.
core::Result<Frame> first_picture(const Source& source, const AVStream* video, const ProbeLimits& limits) {
    auto decoder = open_decoder(video, 1, limits.max_pixels);
    if (!decoder) return Failure(decoder.error());
    source.select_only(video);
    const Packet packet = make_packet();
    Frame frame = make_frame();
    bool draining = false;
    for (int packets = 0; packets < 2'000; ++packets) {
        if (source.patience().over())
            return fail(Errc::unprocessable, "no picture could be decoded within {:.0f} s",
                        limits.time.count());
        const int result = source.read(packet.get());
        if (result < 0) {
            if (draining) break;
            draining = true;
            avcodec_send_packet(decoder->get(), nullptr);
        } else {
            // A damaged packet: the next may do. Those read ahead may still be of other streams.
            if (packet->stream_index == video->index) avcodec_send_packet(decoder->get(), packet.get());
            av_packet_unref(packet.get());
        }
        if (avcodec_receive_frame(decoder->get(), frame.get()) >= 0) return frame;
    }
    return fail(Errc::unprocessable, "none of its pictures can be decoded ({})",
                avcodec_get_name(video->codecpar->codec_id));
}

core::Result<> check_size(int width, int height, const ProbeLimits& limits) {
    if (width < 16 || height < 16)
        return fail(Errc::unprocessable, "its picture of {} x {} is too small to show", width, height);
    if (width > limits.max_side || height > limits.max_side ||
        std::int64_t(width) * height > limits.max_pixels)
        return fail(Errc::unprocessable,
                    "its picture of {} x {} is larger than {} pixels a side or {} in all", width, height,
                    limits.max_side, limits.max_pixels);
    return {};
}

void describe_sound(const Source& source, SourceInfo& info) {
    const AVStream* audio = source.audio();
    if (!audio) return;
    info.has_audio = true;
    info.audio_channels = audio->codecpar->ch_layout.nb_channels;
    info.audio_rate_hz = audio->codecpar->sample_rate;
    info.audio_codec = avcodec_get_name(audio->codecpar->codec_id);
}

core::Result<double> find_duration(const Source& source, const AVStream* video, const ProbeLimits& limits) {
    double duration_s = declared_duration_s(source, video);
    if (duration_s <= 0) {
        // Recorders that stream (a browser's, for one) leave it out: the packets tell.
        source.select_only(video);
        duration_s = last_packet_end_s(source, video).value_or(0);
        if (av_seek_frame(source.format(), -1, 0, AVSEEK_FLAG_BACKWARD) < 0)
            av_seek_frame(source.format(), -1, 0, AVSEEK_FLAG_BYTE);
    }
    if (duration_s <= 0) return fail(Errc::unprocessable, "its duration cannot be found out");
    if (duration_s > limits.max_duration_s)
        return fail(Errc::unprocessable, "its duration of {:.1f} h is beyond the limit of {:.0f} h",
                    duration_s / 3600, limits.max_duration_s / 3600);
    return duration_s;
}

}  // namespace

core::Result<SourceInfo> probe(const std::filesystem::path& path, const ProbeLimits& limits) {
    const auto deadline = std::chrono::steady_clock::now() +
                          std::chrono::duration_cast<std::chrono::steady_clock::duration>(limits.time);
    auto source = Source::open(path, {{}, deadline}, limits.probe_bytes);
    if (!source) return Failure(source.error());
    AVStream* video = source->video();
    if (source->format()->nb_streams == 0)
        return fail(Errc::unprocessable,
                    "this is not a video file that can be read, or it is cut off before its index");
    if (!video)
        return fail(
            Errc::unprocessable, "{}",
            source->audio() ? "the file has sound but no moving picture" : "the file has no moving picture");
    SourceInfo info;
    info.container = source->format()->iformat->name;
    info.size_bytes = std::uint64_t(source->size_bytes());
    info.video_codec = avcodec_get_name(video->codecpar->codec_id);
    if (auto result = check_size(video->codecpar->width, video->codecpar->height, limits); !result)
        return Failure(result.error());
    describe_sound(*source, info);

    const auto duration_s = find_duration(*source, video, limits);
    if (!duration_s) return Failure(duration_s.error());
    info.duration_s = *duration_s;
    auto picture = first_picture(*source, video, limits);
    if (!picture) return Failure(picture.error());
    info.coded_width = picture->get()->width;
    info.coded_height = picture->get()->height;
    const Geometry geometry = geometry_of(source->format(), video, picture->get());
    info.width = geometry.width;
    info.height = geometry.height;
    info.rotation_deg = geometry.rotation_deg;
    info.frame_rate = frame_rate_of(source->format(), video);
    for (const auto& [width, height] :
         {std::pair(info.width, info.height), {info.coded_width, info.coded_height}})
        if (auto result = check_size(width, height, limits); !result) return Failure(result.error());
    if (const AVPixFmtDescriptor* format = av_pix_fmt_desc_get(AVPixelFormat(picture->get()->format))) {
        info.pixel_format = format->name;
        info.bit_depth = format->comp[0].depth;
    }
    if (auto result = check_not_truncated(*source, video, info.duration_s); !result)
        return Failure(result.error());
    return info;
}

}  // namespace qd::media
