#include "decode/clip_export.hpp"

#include <algorithm>
#include <cmath>

#include "decode/clip_writer.hpp"
#include "decode/stream_decoder.hpp"
#include "decode/timestamps.hpp"
#include "decode/title_fetch.hpp"
#include "http/client.hpp"

namespace qd::decode {
namespace {

constexpr core::Seconds longest_clip{3600};
constexpr std::uint64_t largest_clip = 4ull << 30;

/// The segments of one playlist that the range touches, in order.
struct Source {
    std::vector<player::TimelineSegment> segments;
    StreamConfigPtr config;               // of the stream that is copied
    AVRational time_base{1, 1};           // as met first
    std::optional<core::Seconds> offset;  // position minus timestamp, within one discontinuity
    std::uint64_t discontinuity = 0;
};

class Export {
public:
    Export(const ClipRequest& request, const std::function<void(double)>& progress, std::stop_token stop)
        : request_(request),
          progress_(progress),
          stop_(std::move(stop)),
          fetch_(transport_, request.url, request.headers, {}) {}

    core::Result<ClipReport> run();

private:
    struct Placed {
        DemuxedPacket packet;
        core::Seconds at{};  // position, of its presentation
        core::Seconds offset{};
    };

    core::Result<> choose();
    core::Result<Source> source(const std::string& url);
    core::Result<std::vector<Placed>> read(Source& source, const player::TimelineSegment& segment, bool video,
                                           bool audio);
    core::Result<> take_main(const player::TimelineSegment& segment);
    core::Result<> take_sound(core::Seconds until);
    core::Result<StreamConfigPtr> with_pixel_format();
    core::Result<> open_writer();
    core::Result<> write(Placed placed);
    bool keep(StreamKind kind, const Placed& placed);

    const ClipRequest& request_;
    const std::function<void(double)>& progress_;
    std::stop_token stop_;
    http::Client client_;
    player::HttpTransport transport_{client_};
    TitleFetch fetch_;
    hls::Variables variables_;
    Source main_;
    std::optional<Source> sound_;  // where it is separate
    std::size_t next_sound_ = 0;
    std::unique_ptr<ClipWriter> writer_;
    std::vector<Placed> waiting_;  // before the writer is open
    StreamConfigPtr video_, audio_;
    AVRational video_base_{1, 1}, audio_base_{1, 1};
    std::optional<core::Seconds> begin_;  // position of the first picture (or sound)
    std::optional<core::Seconds> end_;    // … of the first key picture that is left out
    core::Seconds last_{};
    std::uint64_t bytes_ = 0;
    ClipReport report_;
};

core::Result<Source> Export::source(const std::string& url) {
    auto timeline = fetch_.timeline(url, variables_, stop_);
    if (!timeline) return core::Failure(timeline.error());
    Source source;
    for (player::TimelineSegment& segment : timeline->segments) {
        if (segment.end() <= request_.from || segment.start >= request_.to) continue;
        if (segment.gap) {
            report_.notes.push_back(fmt::format("segment {} is declared missing", segment.sequence));
            continue;
        }
        source.segments.push_back(std::move(segment));
    }
    return source;
}

core::Result<> Export::choose() {
    auto presentation = fetch_.presentation(stop_);
    if (!presentation) return core::Failure(presentation.error());
    variables_ = presentation->variables;
    const int level = std::clamp(request_.level, 0, int(presentation->levels.size()) - 1);
    auto main = source(presentation->levels[std::size_t(level)].url);
    if (!main) return core::Failure(main.error());
    main_ = std::move(*main);
    if (main_.segments.empty())
        return core::fail(core::Errc::not_found, "the title has nothing from {:.3f} s to {:.3f} s",
                          request_.from.count(), request_.to.count());
    if (const int track = presentation->default_audio; track >= 0)
        if (const std::string& url = presentation->audio_tracks[std::size_t(track)].url; !url.empty()) {
            auto sound = source(url);
            if (!sound) return core::fail_with_context("the sound", sound.error());
            sound_ = std::move(*sound);
        }
    return {};
}

core::Result<std::vector<Export::Placed>> Export::read(Source& source, const player::TimelineSegment& segment,
                                                       bool video, bool audio) {
    const auto init = fetch_.init(segment, stop_);
    if (!init) return core::Failure(init.error());
    const auto data = fetch_.segment(segment, stop_);
    if (!data) return core::Failure(data.error());
    StreamConfigPtr video_config = video_, audio_config = audio_;
    auto packets = demux_segment(*init, *data, video_config, audio_config);
    if (!packets) return core::Failure(packets.error());
    const auto changed = [](const StreamConfigPtr& before, const StreamConfigPtr& now) {
        return before && now && before != now;
    };
    if ((video && changed(video_, video_config)) || (audio && changed(audio_, audio_config)))
        return core::fail(core::Errc::unprocessable,
                          "the encoding changes at {:.3f} s, which one file cannot hold; choose a range on "
                          "either side",
                          segment.start.count());
    if (video) video_ = video_config;
    if (audio) audio_ = audio_config;
    if (!source.offset || source.discontinuity != segment.discontinuity_sequence ||
        packets->front().unplaced) {
        std::optional<core::Seconds> least;
        for (const DemuxedPacket& packet : *packets)
            if (packet.packet->pts != AV_NOPTS_VALUE &&
                ((packet.kind == StreamKind::video) == video || !video)) {
                const core::Seconds stamp = seconds(packet.packet->pts, packet.time_base);
                least = least ? std::min(*least, stamp) : stamp;
            }
        if (!least) return core::fail(core::Errc::corrupt, "a segment without timestamps");
        source.offset = segment.start - *least;
        source.discontinuity = segment.discontinuity_sequence;
        // Separate sound runs by the clock of the picture.
        if (&source != &main_ && main_.offset && main_.discontinuity == source.discontinuity &&
            !packets->front().unplaced)
            source.offset = main_.offset;
    }
    std::vector<Placed> result;
    for (DemuxedPacket& packet : *packets) {
        if (packet.kind == StreamKind::video ? !video : !audio) continue;
        if (packet.packet->pts == AV_NOPTS_VALUE) continue;
        Placed placed;
        placed.at = seconds(packet.packet->pts, packet.time_base) + *source.offset;
        placed.offset = *source.offset;
        (packet.kind == StreamKind::video ? video_base_ : audio_base_) = packet.time_base;
        placed.packet = std::move(packet);
        result.push_back(std::move(placed));
    }
    bytes_ += (*data)->size();
    if (bytes_ > largest_clip) return core::fail(core::Errc::too_large, "the clip would be larger than 4 GB");
    ++report_.segments;
    return result;
}

/// Whether the packet lies between the key pictures that bound the clip.
bool Export::keep(StreamKind kind, const Placed& placed) {
    const bool leads = kind == StreamKind::video || !video_;
    if (!begin_) return false;
    if (end_ && (kind == StreamKind::video || placed.at >= *end_)) return false;
    const core::Seconds length =
        seconds(std::max<std::int64_t>(placed.packet.packet->duration, 0), placed.packet.time_base);
    if (placed.at + length <= *begin_ + same_time) return false;
    if (leads) last_ = std::max(last_, placed.at + length);
    return true;
}

core::Result<> Export::write(Placed placed) {
    if (!writer_) {
        waiting_.push_back(std::move(placed));
        return {};
    }
    AVPacket& packet = *placed.packet.packet;
    // Positions begin with the first picture.
    const std::int64_t shift =
        std::llround((placed.offset - *begin_).count() / av_q2d(placed.packet.time_base));
    packet.pts += shift;
    if (packet.dts != AV_NOPTS_VALUE) packet.dts += shift;
    ++(placed.packet.kind == StreamKind::video ? report_.pictures : report_.sounds);
    return writer_->write(placed.packet.kind, packet, placed.packet.time_base);
}

/// The picture's configuration with its pixel format: MP4 cannot be written for VP9 without, and cannot be
/// read for it either but from a decoded picture.
core::Result<StreamConfigPtr> Export::with_pixel_format() {
    if (!video_ || video_->parameters->codec_id != AV_CODEC_ID_VP9 || video_->parameters->format >= 0)
        return video_;
    int format = -1;
    StreamDecoder decoder(1, [&](media::Frame frame) { format = frame->format; });
    for (const Placed& placed : waiting_)
        if (placed.packet.kind == StreamKind::video && format < 0)
            if (auto decoded = decoder.decode(placed.packet); !decoded) return core::Failure(decoded.error());
    if (format < 0) return core::fail(core::Errc::corrupt, "none of the first pictures can be decoded");
    auto config = std::make_shared<StreamConfig>();
    config->parameters.reset(avcodec_parameters_alloc());
    if (!config->parameters ||
        avcodec_parameters_copy(config->parameters.get(), video_->parameters.get()) < 0)
        return core::fail(core::Errc::internal, "out of memory");
    config->parameters->format = format;
    return StreamConfigPtr(std::move(config));
}

core::Result<> Export::open_writer() {
    const auto video = with_pixel_format();
    if (!video) return core::Failure(video.error());
    auto writer = ClipWriter::open(request_.path, *video, video_base_, audio_, audio_base_);
    if (!writer) return core::Failure(writer.error());
    writer_ = std::move(*writer);
    if (video_) report_.video_codec = codec_title(*video_->parameters);
    if (audio_) report_.audio_codec = codec_title(*audio_->parameters);
    std::vector<Placed> waiting = std::move(waiting_);
    for (Placed& placed : waiting)
        if (auto written = write(std::move(placed)); !written) return written;
    return {};
}

core::Result<> Export::take_main(const player::TimelineSegment& segment) {
    auto packets = read(main_, segment, true, !sound_);
    if (!packets) return core::Failure(packets.error());
    // The last key picture at or before the range begins the clip; without pictures, its first sound.
    if (!begin_) {
        for (const Placed& placed : *packets) {
            const bool key = (placed.packet.packet->flags & AV_PKT_FLAG_KEY) != 0;
            if (placed.packet.kind != (video_ ? StreamKind::video : StreamKind::audio) || !key) continue;
            if (!begin_ || placed.at <= request_.from + same_time) begin_ = placed.at;
        }
        if (begin_) last_ = *begin_;
    }
    bool begun = writer_ != nullptr || !waiting_.empty();
    for (Placed& placed : *packets) {
        const bool picture = placed.packet.kind == StreamKind::video;
        const bool key = (placed.packet.packet->flags & AV_PKT_FLAG_KEY) != 0;
        // Pictures go by decoding order: from the first key picture on, up to the one behind the range.
        if (picture && key && begin_ && placed.at >= *begin_ - same_time) begun = true;
        const bool bound = (picture ? key : !video_) && placed.at >= request_.to - same_time;
        if (bound && begin_ && placed.at > *begin_ && !end_) end_ = placed.at;
        if ((picture && !begun) || !keep(placed.packet.kind, placed)) continue;
        if (auto written = write(std::move(placed)); !written) return written;
    }
    return {};
}

core::Result<> Export::take_sound(core::Seconds until) {
    while (sound_ && next_sound_ < sound_->segments.size() && sound_->segments[next_sound_].start < until) {
        auto packets = read(*sound_, sound_->segments[next_sound_++], false, true);
        if (!packets) return core::fail_with_context("the sound", packets.error());
        for (Placed& placed : *packets)
            if (keep(StreamKind::audio, placed))
                if (auto written = write(std::move(placed)); !written) return written;
    }
    return {};
}

core::Result<ClipReport> Export::run() {
    if (!(request_.to > request_.from) || request_.from < core::Seconds(0))
        return core::fail(core::Errc::invalid_argument, "a clip needs a range: its end behind its beginning");
    if (request_.to - request_.from > longest_clip)
        return core::fail(core::Errc::invalid_argument, "a clip may last one hour at most");
    if (auto chosen = choose(); !chosen) return core::Failure(chosen.error());
    for (std::size_t i = 0; i < main_.segments.size(); ++i) {
        if (stop_.stop_requested()) return core::fail(core::Errc::cancelled, "cancelled");
        const player::TimelineSegment& segment = main_.segments[i];
        if (auto taken = take_main(segment); !taken) return core::Failure(taken.error());
        if (auto taken = take_sound(segment.end()); !taken) return core::Failure(taken.error());
        if (!writer_ && begin_)
            if (auto opened = open_writer(); !opened) return core::Failure(opened.error());
        if (progress_) progress_(double(i + 1) / double(main_.segments.size()));
    }
    if (!writer_) return core::fail(core::Errc::not_found, "there is no key picture in the range");
    const auto size = writer_->finish();
    if (!size) return core::Failure(size.error());
    report_.bytes = *size;
    report_.from = *begin_;
    report_.to = end_.value_or(last_);
    if (report_.sounds == 0) report_.notes.push_back("there is no sound");
    return report_;
}

}  // namespace

core::Result<ClipReport> export_clip(const ClipRequest& request, const std::function<void(double)>& progress,
                                     std::stop_token stop) {
    return Export(request, progress, std::move(stop)).run();
}

}  // namespace qd::decode
