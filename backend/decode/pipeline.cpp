#include "decode/pipeline.hpp"

#include <cmath>
#include <utility>

namespace qd::decode {
namespace {

// Rounded segment durations must not shift a timeline that starts at zero.
constexpr core::Seconds rounding{0.1};
constexpr core::Seconds default_picture{1.0 / 30};
constexpr std::size_t max_queued_packets = 20'000;

core::Seconds seconds(std::int64_t timestamp, AVRational time_base) {
    return core::Seconds(double(timestamp) * av_q2d(time_base));
}

}  // namespace

Pipeline::Pipeline(int threads, Callbacks callbacks)
    : callbacks_(std::move(callbacks)),
      video_decoder_(threads, [this](media::Frame frame) { picture(std::move(frame)); }),
      audio_decoder_(1, [this](media::Frame frame) { sound(std::move(frame)); }) {}

void Pipeline::reset(core::Seconds target) {
    video_decoder_.flush();
    audio_decoder_.flush();
    converter_.reset();
    for (Stream* stream : {&video_, &audio_}) {
        stream->packets.clear();
        stream->next_at = target;
    }
    target_ = target;
    pulled_until_ = target;
    main_ended_ = audio_ended_ = failed_ = drained_ = given_ = false;
    last_before_target_.reset();
}

core::Result<Pipeline::Step> Pipeline::step(Wants wants) {
    if (wants.no_sound) {
        audio_.packets.clear();
        wants.audio = false;
    }
    if (wants.video && !video_.packets.empty()) {
        if (auto done = decode_one(video_, video_decoder_); !done) return core::Failure(done.error());
        return Step::worked;
    }
    if (wants.audio && !audio_.packets.empty()) {
        // A title whose sound cannot be decoded still has its picture.
        if (const auto done = decode_one(audio_, audio_decoder_); !done) {
            if (!has_video_) return core::Failure(done.error());
            audio_.packets.clear();
        }
        return Step::worked;
    }
    return refill(wants);
}

core::Result<> Pipeline::decode_one(Stream& stream, StreamDecoder& decoder) {
    Queued next = std::move(stream.packets.front());
    stream.packets.pop_front();
    if (next.drain_first) decoder.drain();
    // What a decoder still holds for the old configuration must come out under the old labels.
    StreamConfigPtr& in_use = &stream == &video_ ? video_in_use_ : audio_in_use_;
    if (std::exchange(in_use, next.packet.config) != next.packet.config) decoder.drain();
    stream.time_base = next.packet.time_base;
    stream.offset = next.offset;
    stream.level = next.level;
    stream.level_bps = next.level_bps;
    return decoder.decode(next.packet);
}

Pipeline::Step Pipeline::refill(Wants wants) {
    const bool video_dry = wants.video && video_.packets.empty() && (has_video_ || !known_);
    const bool audio_dry = wants.audio && audio_.packets.empty() && (has_audio_ || !known_);
    bool waiting = false;
    if (!main_ended_ && (video_dry || (audio_dry && !separate_audio_)) &&
        video_.packets.size() < max_queued_packets) {
        player::Pull pull = callbacks_.pull(player::Track::main);
        switch (pull.state) {
            case player::PullState::segment:
                take(std::move(pull.segment));
                return Step::worked;
            case player::PullState::waiting:
                waiting = true;
                break;
            case player::PullState::failed:
                failed_ = true;
                [[fallthrough]];
            case player::PullState::ended:
                main_ended_ = true;
        }
    }
    // Separate sound is pulled even where nobody hears it, so that its buffer does not hold up the session.
    if (!audio_ended_ && (known_ || main_ended_) && (audio_dry || wants.no_sound || !separate_audio_) &&
        audio_.packets.size() < max_queued_packets) {
        player::Pull pull = callbacks_.pull(player::Track::audio);
        switch (pull.state) {
            case player::PullState::segment:
                separate_audio_ = true;
                take(std::move(pull.segment));
                return Step::worked;
            case player::PullState::waiting:
                waiting = waiting || (separate_audio_ && audio_dry);
                break;
            case player::PullState::failed:
                failed_ = true;
                [[fallthrough]];
            case player::PullState::ended:
                audio_ended_ = true;
        }
    }
    if (waiting) return Step::waiting;
    if (main_ended_ && (audio_ended_ || !separate_audio_) && video_.packets.empty() &&
        audio_.packets.empty()) {
        if (!drained_) {
            drained_ = true;
            drain();
            return Step::worked;
        }
        return failed_ ? Step::failed : Step::ended;
    }
    return Step::idle;
}

void Pipeline::take(player::MediaSegment segment) {
    const bool main = segment.track == player::Track::main;
    if (main) {
        known_ = true;
        pulled_until_ = segment.start + segment.duration;
    }
    if (!segment.data) return;
    auto packets = demux_segment(segment.init, segment.data, main ? video_config_ : spare_config_,
                                 main && separate_audio_ ? spare_config_ : audio_config_);
    if (!packets) {
        segment.data.reset();
        callbacks_.on_damaged(segment, packets.error());
        return;
    }
    // One offset for each run without a discontinuity, taken where the run was met first.
    const auto [offset, fresh] = offsets_.try_emplace(segment.discontinuity_sequence);
    if (fresh) {
        const DemuxedPacket* first = nullptr;
        for (const DemuxedPacket& packet : *packets) {
            if (packet.packet->pts == AV_NOPTS_VALUE) continue;
            if (first == nullptr) first = &packet;
            if (packet.kind == StreamKind::video) {
                first = &packet;
                break;
            }
        }
        if (first != nullptr) offset->second = segment.start - seconds(first->packet->pts, first->time_base);
        if (std::abs(offset->second.count()) < rounding.count()) offset->second = core::Seconds(0);
        if (offsets_.size() > 1000) offsets_.erase(offsets_.begin());
    }
    bool first_video = segment.follows_gap, first_audio = segment.follows_gap;
    for (DemuxedPacket& packet : *packets) {
        const bool video = packet.kind == StreamKind::video;
        if (video && !main) continue;  // a picture in the sound's track is cover art
        if (!video && main && separate_audio_) continue;
        (video ? has_video_ : has_audio_) = true;
        Queued queued;
        queued.packet = std::move(packet);
        queued.offset = offset->second;
        queued.level = segment.level;
        queued.level_bps = segment.level_bps;
        queued.drain_first = std::exchange(video ? first_video : first_audio, false);
        (video ? video_ : audio_).packets.push_back(std::move(queued));
    }
}

void Pipeline::drain() {
    video_decoder_.drain();
    audio_decoder_.drain();
    // A seek behind the last picture, where only sound is left: that picture stands.
    if (!given_ && last_before_target_) callbacks_.on_picture(std::move(*last_before_target_));
    last_before_target_.reset();
}

void Pipeline::picture(media::Frame frame) {
    DecodedPicture picture;
    picture.at = frame->best_effort_timestamp == AV_NOPTS_VALUE
                     ? video_.next_at
                     : seconds(frame->best_effort_timestamp, video_.time_base) + video_.offset;
    picture.duration = seconds(frame->pkt_duration, video_.time_base);
    if (picture.duration <= core::Seconds(0) || picture.duration > core::Seconds(5))
        picture.duration = default_picture;
    video_.next_at = picture.end();
    picture.level = video_.level;
    picture.level_bps = video_.level_bps;
    picture.frame = std::move(frame);
    // A ten-thousandth: timestamps are rational, positions are not.
    if (picture.end() <= target_ + core::Seconds(1e-4)) {
        last_before_target_ = std::move(picture);
        return;
    }
    last_before_target_.reset();
    given_ = true;
    callbacks_.on_picture(std::move(picture));
}

void Pipeline::sound(media::Frame frame) {
    SoundChunk chunk;
    chunk.at = frame->best_effort_timestamp == AV_NOPTS_VALUE
                   ? audio_.next_at
                   : seconds(frame->best_effort_timestamp, audio_.time_base) + audio_.offset;
    auto samples = converter_.convert(*frame);
    if (!samples) return;
    chunk.samples = std::move(*samples);
    audio_.next_at = chunk.at + chunk.duration();
    if (audio_.next_at <= target_) return;
    callbacks_.on_sound(std::move(chunk));
}

}  // namespace qd::decode
