#include "decode/segment_reader.hpp"

#include <algorithm>
#include <cstring>

#include "decode/packed_audio.hpp"

namespace qd::decode {
namespace {

constexpr std::size_t io_buffer_bytes = 64u << 10;
constexpr std::size_t max_packets = 100'000;

/// Two pieces of memory read as one file.
struct MemoryFile {
    std::shared_ptr<const std::string> parts[2];
    std::int64_t skipped = 0;  // bytes of the second part's beginning that are not part of the file
    std::int64_t at = 0;

    std::int64_t size() const { return size_of(0) + size_of(1); }
    std::int64_t size_of(int part) const {
        if (!parts[part]) return 0;
        return std::int64_t(parts[part]->size()) - (part == 1 ? skipped : 0);
    }

    static int read(void* opaque, std::uint8_t* buffer, int wanted) {
        auto& self = *static_cast<MemoryFile*>(opaque);
        const std::int64_t first = self.size_of(0);
        const int part = self.at < first ? 0 : 1;
        const std::int64_t offset = part == 0 ? self.at : self.at - first;
        const std::int64_t count = std::min<std::int64_t>(wanted, self.size_of(part) - offset);
        if (count <= 0) return AVERROR_EOF;
        std::memcpy(buffer, self.parts[part]->data() + (part == 1 ? self.skipped : 0) + offset,
                    std::size_t(count));
        self.at += count;
        return int(count);
    }
    static std::int64_t seek(void* opaque, std::int64_t offset, int whence) {
        auto& self = *static_cast<MemoryFile*>(opaque);
        if (whence == AVSEEK_SIZE) return self.size();
        switch (whence & ~AVSEEK_FORCE) {
            case SEEK_SET:
                break;
            case SEEK_CUR:
                offset += self.at;
                break;
            case SEEK_END:
                offset += self.size();
                break;
            default:
                return AVERROR(EINVAL);
        }
        if (offset < 0 || offset > self.size()) return AVERROR(EINVAL);
        return self.at = offset;
    }
};

StreamConfigPtr config_for(const AVCodecParameters& parameters, const StreamConfigPtr& previous) {
    if (previous && previous->same_as(parameters)) return previous;
    auto config = std::make_shared<StreamConfig>();
    config->parameters.reset(avcodec_parameters_alloc());
    if (!config->parameters || avcodec_parameters_copy(config->parameters.get(), &parameters) < 0)
        return nullptr;
    return config;
}

/// MP4's demuxer gives pictures that are reordered no duration: each lasts until the next one, the last as
/// long as the one before.
void measure_durations(std::vector<DemuxedPacket>& packets) {
    std::vector<AVPacket*> shown;
    for (DemuxedPacket& packet : packets)
        if (packet.kind == StreamKind::video && packet.packet->pts != AV_NOPTS_VALUE)
            shown.push_back(packet.packet.get());
    std::sort(shown.begin(), shown.end(),
              [](const AVPacket* a, const AVPacket* b) { return a->pts < b->pts; });
    for (std::size_t i = 0; i < shown.size(); ++i) {
        if (shown[i]->duration > 0) continue;
        if (i + 1 < shown.size())
            shown[i]->duration = shown[i + 1]->pts - shown[i]->pts;
        else if (i > 0)
            shown[i]->duration = shown[i - 1]->duration;
    }
}

}  // namespace

bool StreamConfig::same_as(const AVCodecParameters& other) const {
    const AVCodecParameters& mine = *parameters;
    return mine.codec_id == other.codec_id && mine.format == other.format && mine.width == other.width &&
           mine.height == other.height && mine.sample_rate == other.sample_rate &&
           mine.ch_layout.nb_channels == other.ch_layout.nb_channels &&
           mine.extradata_size == other.extradata_size &&
           (mine.extradata_size == 0 ||
            std::memcmp(mine.extradata, other.extradata, std::size_t(mine.extradata_size)) == 0);
}

core::Result<std::vector<DemuxedPacket>> demux_segment(std::shared_ptr<const std::string> init,
                                                       std::shared_ptr<const std::string> data,
                                                       StreamConfigPtr& video_config,
                                                       StreamConfigPtr& audio_config) {
    media::quiet_ffmpeg();
    const bool fragmented = init != nullptr;
    const PackedAudio packed =
        fragmented || !data ? PackedAudio{} : read_packed_audio(*data).value_or(PackedAudio{});
    const bool is_packed = packed.format != nullptr;
    const std::int64_t timestamp = packed.timestamp.value_or(AV_NOPTS_VALUE);
    MemoryFile file{{std::move(init), std::move(data)}, std::int64_t(packed.tag_bytes)};
    auto* buffer = static_cast<std::uint8_t*>(av_malloc(io_buffer_bytes));
    if (buffer == nullptr) return core::fail(core::Errc::internal, "out of memory");
    const media::CustomIo io(avio_alloc_context(buffer, int(io_buffer_bytes), 0, &file, MemoryFile::read,
                                                nullptr, MemoryFile::seek));
    if (!io) {
        av_free(buffer);
        return core::fail(core::Errc::internal, "out of memory");
    }
    AVFormatContext* raw = avformat_alloc_context();
    if (raw == nullptr) return core::fail(core::Errc::internal, "out of memory");
    raw->pb = io.get();
    raw->flags |= AVFMT_FLAG_CUSTOM_IO;
    media::Options options;
    options.set("format_whitelist", "mov,mp4,m4a,3gp,3g2,mj2,mpegts,aac,mp3,ac3,eac3")
        .set("protocol_whitelist", "none")
        .set("max_streams", "16");
    // On failure the context is freed by avformat_open_input.
    const AVInputFormat* format = fragmented  ? av_find_input_format("mov")
                                  : is_packed ? av_find_input_format(packed.format)
                                              : nullptr;
    if (const auto opened = media::check(avformat_open_input(&raw, "", format, options.get()),
                                         "reading a segment", core::Errc::corrupt);
        !opened)
        return core::Failure(opened.error());
    const media::InputFormat demuxer(raw);
    // An initialisation section says it all; other formats must be looked into.
    if (!fragmented) {
        if (const auto known = media::check(avformat_find_stream_info(demuxer.get(), nullptr),
                                            "reading a segment", core::Errc::corrupt);
            !known)
            return core::Failure(known.error());
    }
    int video = -1, audio = -1;
    for (unsigned i = 0; i < demuxer->nb_streams; ++i) {
        AVStream& stream = *demuxer->streams[i];
        const AVMediaType type = stream.codecpar->codec_type;
        if (type == AVMEDIA_TYPE_VIDEO && video < 0)
            video = int(i);
        else if (type == AVMEDIA_TYPE_AUDIO && audio < 0)
            audio = int(i);
        else
            stream.discard = AVDISCARD_ALL;
    }
    if (video < 0 && audio < 0)
        return core::fail(core::Errc::corrupt, "the segment holds neither picture nor sound");
    if (video >= 0) video_config = config_for(*demuxer->streams[video]->codecpar, video_config);
    if (audio >= 0) audio_config = config_for(*demuxer->streams[audio]->codecpar, audio_config);
    if ((video >= 0 && !video_config) || (audio >= 0 && !audio_config))
        return core::fail(core::Errc::internal, "out of memory");

    std::vector<DemuxedPacket> packets;
    std::int64_t first_stamp = 0;
    for (;;) {
        DemuxedPacket next;
        next.packet = media::make_packet();
        if (!next.packet) return core::fail(core::Errc::internal, "out of memory");
        const int read = av_read_frame(demuxer.get(), next.packet.get());
        if (read == AVERROR_EOF) break;
        // Damage in the middle: what came before it can be shown.
        if (read < 0) {
            if (packets.empty())
                return core::fail(core::Errc::corrupt, "reading a segment: {}", media::error_text(read));
            break;
        }
        const int index = next.packet->stream_index;
        if (index != video && index != audio) continue;
        next.kind = index == video ? StreamKind::video : StreamKind::audio;
        next.time_base = demuxer->streams[index]->time_base;
        next.config = index == video ? video_config : audio_config;
        next.wraps = !fragmented;
        next.unplaced = is_packed && timestamp == AV_NOPTS_VALUE;
        if (timestamp != AV_NOPTS_VALUE) {
            const std::int64_t origin = av_rescale_q(timestamp, {1, 90'000}, next.time_base);
            if (packets.empty()) first_stamp = std::max<std::int64_t>(next.packet->pts, 0);
            for (std::int64_t* stamp : {&next.packet->pts, &next.packet->dts})
                if (*stamp != AV_NOPTS_VALUE) *stamp += origin - first_stamp;
        }
        packets.push_back(std::move(next));
        if (packets.size() > max_packets)
            return core::fail(core::Errc::too_large, "the segment has too many packets");
    }
    if (packets.empty()) return core::fail(core::Errc::corrupt, "the segment has no packets");
    measure_durations(packets);
    return packets;
}

}  // namespace qd::decode
