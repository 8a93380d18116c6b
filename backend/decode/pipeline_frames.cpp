// What comes out of the decoders: placed, cut to the lap, and given out.

#include <algorithm>
#include <utility>

#include "decode/pipeline.hpp"
#include "decode/timestamps.hpp"

namespace qd::decode {
namespace {
constexpr core::Seconds default_picture{1.0 / 30};
constexpr core::Seconds longest_picture{5};
}  // namespace

void Pipeline::picture(media::Frame frame) {
    Label label = video_.last;
    label.dts.reset();
    if (const auto known = video_.labels.find(frame->pts); known != video_.labels.end()) {
        label = known->second;
        video_.labels.erase(known);
    }
    DecodedPicture picture;
    picture.at = frame->best_effort_timestamp == AV_NOPTS_VALUE
                     ? video_.next_at
                     : seconds(frame->best_effort_timestamp, label.time_base) + label.offset;
    picture.duration = seconds(frame->pkt_duration, label.time_base);
    if (picture.duration <= core::Seconds(0) || picture.duration > longest_picture)
        picture.duration = default_picture;
    video_.next_at = picture.end();
    picture.due = picture.at + label.lap.shift;
    picture.level = label.level;
    picture.level_bps = label.level_bps;
    picture.sequence = label.sequence;
    picture.lap = label.lap.number;
    picture.time_base = label.time_base;
    picture.dts = label.dts;
    picture.qp = take_mean_qp(*frame);
    picture.codec = video_decoder_.title();
    picture.frame = std::move(frame);
    if (label.lap.to > core::Seconds(0) && picture.at >= label.lap.to - same_time) return;
    if (picture.end() <= label.lap.target + same_time) {
        if (label.lap.number == 0) remember(std::move(picture));
        return;
    }
    if (!std::exchange(given_, true) && callbacks_.on_before && start_.before_bytes > 0)
        for (DecodedPicture& earlier : before_) callbacks_.on_before(std::move(earlier));
    before_.clear();
    before_bytes_ = 0;
    callbacks_.on_picture(std::move(picture));
}

void Pipeline::remember(DecodedPicture picture) {
    if (before_from_ && picture.at < *before_from_ - same_time) {
        before_.clear();  // only the very last counts: in case it is the title's
        before_bytes_ = 0;
    }
    before_bytes_ += picture.bytes();
    before_.push_back(std::move(picture));
    while (before_.size() > 1 && before_bytes_ > start_.before_bytes) {
        before_bytes_ -= before_.front().bytes();
        before_.pop_front();
    }
}

void Pipeline::sound(media::Frame frame) {
    const Label& label = audio_.last;
    core::Seconds at = frame->best_effort_timestamp == AV_NOPTS_VALUE
                           ? audio_.next_at
                           : seconds(frame->best_effort_timestamp, label.time_base) + label.offset;
    auto samples = converter_.convert(*frame);
    if (!samples) return;
    SoundChunk chunk;
    chunk.samples = std::move(*samples);
    audio_.next_at = at + chunk.duration();
    if (audio_.next_at <= label.lap.target) return;
    if (label.lap.to > core::Seconds(0)) {
        if (at >= label.lap.to) return;
        const auto frames = std::size_t((label.lap.to - at).count() * audio_rate_hz);
        if (frames * audio_channels < chunk.samples.size()) chunk.samples.resize(frames * audio_channels);
    }
    chunk.at = at + label.lap.shift;
    callbacks_.on_sound(std::move(chunk));
}

}  // namespace qd::decode
