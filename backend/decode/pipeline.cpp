#include "decode/pipeline.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "decode/coded_picture.hpp"

namespace qd::decode {
namespace {

constexpr std::size_t max_queued_packets = 20'000;

}  // namespace

Pipeline::Pipeline(int threads, Callbacks callbacks)
    : Pipeline(DecoderOptions{threads}, std::move(callbacks)) {}

Pipeline::Pipeline(DecoderOptions video, Callbacks callbacks)
    : callbacks_(std::move(callbacks)),
      video_decoder_(video, [this](media::Frame frame) { picture(std::move(frame)); }),
      audio_decoder_(1, [this](media::Frame frame) { sound(std::move(frame)); }) {}

void Pipeline::reset(const Start& start) {
    video_decoder_.flush();
    audio_decoder_.flush();
    converter_.reset();
    for (Stream* stream : {&video_, &audio_}) {
        stream->packets.clear();
        stream->labels.clear();
        stream->next_at = start.target;
    }
    if (start.new_title) {
        offsets_.clear();
        known_ = has_video_ = false;
        damage_.reset();
    }
    if (start.new_title || start.new_sound) has_audio_ = separate_audio_ = false;
    start_ = start;
    lap_ = {};
    lap_.target = start.target;
    set_loop(start.loop_from, start.loop_to);
    lap_video_end_ = lap_audio_end_ = start.target;
    lap_main_covered_ = lap_audio_covered_ = false;
    main_until_.reset();
    audio_until_.reset();
    first_video_of_lap_ = first_audio_of_lap_ = false;
    pulled_until_ = start.target;
    main_ended_ = audio_ended_ = failed_ = drained_ = given_ = target_sent_ = false;
    before_.clear();
    before_bytes_ = 0;
    before_from_.reset();
}

void Pipeline::set_loop(std::optional<core::Seconds> from, core::Seconds to) {
    start_.loop_from = callbacks_.rewind ? from : std::nullopt;
    start_.loop_to = to;
    lap_.to = start_.loop_from ? to : core::Seconds(0);
    lap_main_covered_ = lap_audio_covered_ = false;
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
    const bool is_video = &stream == &video_;
    Queued next = std::move(stream.packets.front());
    stream.packets.pop_front();
    // What a decoder still holds for the old configuration must come out under the old labels.
    StreamConfigPtr& in_use = is_video ? video_in_use_ : audio_in_use_;
    // Nor is the target kept waiting for pictures behind it where they do not need those before it.
    const bool target_first = is_video && target_sent_ && !given_ &&
                              begins_anew(*next.packet.packet, *next.packet.config->parameters);
    if (std::exchange(in_use, next.packet.config) != next.packet.config || next.drain_first || target_first) {
        decoder.drain();
        stream.labels.clear();
    }
    stream.last = next.label;
    if (is_video && next.packet.packet->pts != AV_NOPTS_VALUE) {
        if (stream.labels.size() >= 512) stream.labels.erase(stream.labels.begin());
        stream.labels[next.packet.packet->pts] = next.label;
    }
    if (is_video && next.use == PacketUse::shown) target_sent_ = true;
    return decoder.decode(next.packet, next.use);
}

/// Everything of this lap has been asked for: the session is free for the next one.
bool Pipeline::lap_is_pulled() const {
    if (!start_.loop_from || failed_) return false;
    return (lap_main_covered_ || main_ended_) && (!separate_audio_ || lap_audio_covered_ || audio_ended_);
}

bool Pipeline::begin_next_lap() {
    const core::Seconds from = *start_.loop_from;
    core::Seconds end = has_video_ ? lap_video_end_ : lap_audio_end_;
    if (start_.loop_to > core::Seconds(0)) end = std::min(end, start_.loop_to);
    if (end - from < core::Seconds(0.05)) return false;  // nothing of it could be had
    ++lap_.number;
    lap_.shift += end - from;
    lap_.target = from;
    lap_.to = start_.loop_to;
    lap_video_end_ = lap_audio_end_ = from;
    lap_main_covered_ = lap_audio_covered_ = main_ended_ = audio_ended_ = drained_ = false;
    first_video_of_lap_ = first_audio_of_lap_ = true;
    pulled_until_ = from;
    callbacks_.rewind(from);
    return true;
}

std::optional<Pipeline::Step> Pipeline::pull_main() {
    player::Pull pull = callbacks_.pull(player::Track::main);
    switch (pull.state) {
        case player::PullState::segment:
            take(std::move(pull.segment));
            return Step::worked;
        case player::PullState::waiting:
            return Step::waiting;
        case player::PullState::failed:
            failed_ = true;
            [[fallthrough]];
        case player::PullState::ended:
            main_ended_ = true;
    }
    return std::nullopt;
}

std::optional<Pipeline::Step> Pipeline::pull_audio() {
    player::Pull pull = callbacks_.pull(player::Track::audio);
    switch (pull.state) {
        case player::PullState::segment:
            separate_audio_ = true;
            take(std::move(pull.segment));
            return Step::worked;
        case player::PullState::waiting:
            return Step::waiting;
        case player::PullState::failed:
            failed_ = true;
            [[fallthrough]];
        case player::PullState::ended:
            audio_ended_ = true;
    }
    return std::nullopt;
}

core::Result<Pipeline::Step> Pipeline::refill(Wants wants) {
    const bool video_dry = wants.video && video_.packets.empty() && (has_video_ || !known_);
    const bool audio_dry = wants.audio && audio_.packets.empty() && (has_audio_ || !known_);
    bool waiting = false;
    if (!main_ended_ && !lap_main_covered_ && (video_dry || (audio_dry && !separate_audio_)) &&
        video_.packets.size() < max_queued_packets) {
        const auto step = pull_main();
        if (step == Step::worked) return Step::worked;
        waiting = step.has_value();
    }
    // Separate sound is pulled even where nobody hears it, so that its buffer does not hold up the session;
    // and early where a lap of a loop waits for nothing else.
    const bool lap_waits = start_.loop_from && separate_audio_ && (lap_main_covered_ || main_ended_);
    if (!audio_ended_ && !lap_audio_covered_ && (known_ || main_ended_) &&
        (audio_dry || wants.no_sound || !separate_audio_ || lap_waits) &&
        audio_.packets.size() < max_queued_packets) {
        const auto step = pull_audio();
        if (step == Step::worked) return Step::worked;
        waiting = waiting || (step && separate_audio_ && (audio_dry || lap_waits));
    }
    if (lap_is_pulled()) {
        if (begin_next_lap()) return Step::worked;
        main_ended_ = audio_ended_ = true;
    }
    if (waiting) return Step::waiting;
    if (main_ended_ && (audio_ended_ || !separate_audio_) && video_.packets.empty() &&
        audio_.packets.empty()) {
        if (!drained_) {
            drained_ = true;
            drain();
            return Step::worked;
        }
        if (!failed_ && !start_.loop_from && damage_ && !has_video_ && !has_audio_)
            return core::fail(core::Errc::corrupt, "none of the title's segments can be read: {}",
                              damage_->message);
        return failed_ ? Step::failed : Step::ended;
    }
    return Step::idle;
}

void Pipeline::drain() {
    video_decoder_.drain();
    audio_decoder_.drain();
    // A seek behind the last picture, where only sound is left: that picture stands.
    if (!given_ && !before_.empty()) {
        DecodedPicture last = std::move(before_.back());
        before_.pop_back();
        for (DecodedPicture& picture : before_)
            if (callbacks_.on_before) callbacks_.on_before(std::move(picture));
        given_ = true;
        callbacks_.on_picture(std::move(last));
    }
    before_.clear();
    before_bytes_ = 0;
}

}  // namespace qd::decode
