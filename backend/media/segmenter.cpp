#include "media/segmenter.hpp"

#include <algorithm>

namespace qd::media {

using core::Errc;
using core::fail;
using core::Failure;

namespace {

constexpr AVRational tick_base{1, int(ticks_per_second)};

core::Result<AVStream*> add_stream(AVFormatContext* format, AVRational time_base) {
    AVStream* stream = avformat_new_stream(format, nullptr);
    if (!stream) return fail(Errc::internal, "out of memory");
    stream->time_base = time_base;
    return stream;
}

}  // namespace

void Segmenter::FreeMuxer::operator()(AVFormatContext* format) const {
    if (format->pb) {
        std::uint8_t* bytes = nullptr;
        avio_close_dyn_buf(format->pb, &bytes);
        av_free(bytes);
    }
    avformat_free_context(format);
}

core::Result<std::unique_ptr<Segmenter>> Segmenter::open(const AVCodecContext& video,
                                                         const AVCodecParameters* audio, Ticks segment,
                                                         OnInit on_init, OnSegment on_segment) {
    std::unique_ptr<Segmenter> segmenter(new Segmenter(segment));
    segmenter->on_init_ = std::move(on_init);
    segmenter->on_segment_ = std::move(on_segment);
    AVFormatContext* format = nullptr;
    if (auto result =
            check(avformat_alloc_output_context2(&format, nullptr, "mp4", nullptr), "making the MP4 muxer");
        !result)
        return Failure(result.error());
    segmenter->format_.reset(format);
    auto picture = add_stream(format, tick_base);
    if (!picture) return Failure(picture.error());
    picture.value()->avg_frame_rate = video.framerate;
    if (auto result = check(avcodec_parameters_from_context(picture.value()->codecpar, &video),
                            "describing the picture");
        !result)
        return Failure(result.error());
    if (audio) {
        segmenter->audio_base_ = {1, audio->sample_rate};
        auto sound = add_stream(format, segmenter->audio_base_);
        if (!sound) return Failure(sound.error());
        if (auto result =
                check(avcodec_parameters_copy(sound.value()->codecpar, audio), "describing the sound");
            !result)
            return Failure(result.error());
    }
    // Bit-exact: no encoder's name and no dates, so that the same source gives the same bytes.
    format->flags |= AVFMT_FLAG_BITEXACT;
    format->avoid_negative_ts = 0;
    if (auto result = segmenter->begin_fragment(); !result) return Failure(result.error());
    Options options;
    options.set("movflags", "+frag_custom+empty_moov+delay_moov+default_base_moof+skip_trailer")
        .set("use_editlist", "1")
        .set("video_track_timescale", std::to_string(ticks_per_second));
    if (auto result = check(avformat_write_header(format, options.get()), "writing the init segment");
        !result)
        return Failure(result.error());
    return segmenter;
}

core::Result<> Segmenter::begin_fragment() {
    return check(avio_open_dyn_buf(&format_->pb), "buffering a segment");
}

std::string Segmenter::take_bytes() {
    std::uint8_t* bytes = nullptr;
    const int size = avio_close_dyn_buf(format_->pb, &bytes);
    format_->pb = nullptr;
    std::string result(reinterpret_cast<const char*>(bytes), std::size_t(std::max(size, 0)));
    av_free(bytes);
    return result;
}

core::Result<> Segmenter::video(Packet packet) {
    const bool begins_segment = (packet->flags & AV_PKT_FLAG_KEY) && segments_.take(packet->pts);
    if (!held_) {
        first_decode_ = packet->dts;
    } else {
        held_->duration = packet->dts - held_->dts;
        pictures_.push_back(std::move(held_));
        if (begins_segment)
            if (auto result = cut(packet->pts); !result) return result;
    }
    held_ = std::move(packet);
    return {};
}

core::Result<> Segmenter::audio(const AVPacket& packet) {
    if (packet.pts < 0) return {};
    Packet copy(av_packet_clone(&packet));
    if (!copy) return fail(Errc::internal, "out of memory");
    sounds_.push_back(std::move(copy));
    return {};
}

core::Result<> Segmenter::finish(Ticks end) {
    if (!held_) return {};
    // Decode times run behind by the encoder's delay: so that all samples together last until `end`.
    held_->duration = std::max<Ticks>(1, end + first_decode_ - held_->dts);
    pictures_.push_back(std::move(held_));
    return cut(end);
}

core::Result<> Segmenter::write(AVPacket& packet, int stream, AVRational base) {
    packet.stream_index = stream;
    av_packet_rescale_ts(&packet, base, format_->streams[stream]->time_base);
    return check(av_write_frame(format_.get(), &packet), "writing a segment");
}

core::Result<> Segmenter::cut(Ticks until) {
    for (const Packet& picture : pictures_)
        if (auto result = write(*picture, 0, tick_base); !result) return result;
    pictures_.clear();
    while (!sounds_.empty() && av_compare_ts(sounds_.front()->pts, audio_base_, until, tick_base) < 0) {
        if (auto result = write(*sounds_.front(), 1, audio_base_); !result) return result;
        sounds_.pop_front();
    }
    if (init_.empty()) {
        // The muxer has waited with moov for the first timestamps, which the edit list states.
        if (auto result = check(av_write_frame(format_.get(), nullptr), "ending the init segment"); !result)
            return result;
        init_ = take_bytes();
        if (auto result = begin_fragment(); !result) return result;
        if (auto result = on_init_(init_); !result) return result;
    }
    if (auto result = check(av_write_frame(format_.get(), nullptr), "ending a segment"); !result)
        return result;
    Segment segment{take_bytes(), core::Seconds(double(until - segment_start_) / double(ticks_per_second))};
    segment_start_ = until;
    if (auto result = begin_fragment(); !result) return result;
    return on_segment_(std::move(segment));
}

}  // namespace qd::media
