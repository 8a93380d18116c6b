// A segment's packets: where they belong, and which of them are needed.

#include <algorithm>
#include <cmath>
#include <utility>

#include "decode/pipeline.hpp"
#include "decode/timestamps.hpp"

namespace qd::decode {
namespace {

// Rounded segment durations must not shift a timeline that starts at zero.
constexpr core::Seconds rounding{0.1};
constexpr core::Seconds mpeg_wrap{double(1ull << 33) / 90'000};
// Decoders of sound need some before what is to be heard.
constexpr core::Seconds sound_run_up{0.1};
// Sums of rounded durations drift; no title drifts this far from what its playlist says.
constexpr core::Seconds least_jump{10};
constexpr core::Seconds continuous{1};  // of a segment's first timestamp to the last of the one before

/// A timeline that starts at zero does so by its first picture, or (fragmented MP4 without an edit list) by
/// what is decoded first: the pictures are then late by the delay of B-pictures.
core::Seconds first_offset(core::Seconds start, const DemuxedPacket& first) {
    const core::Seconds shown = seconds(first.packet->pts, first.time_base);
    const core::Seconds by_shown = start - shown;
    if (first.packet->dts == AV_NOPTS_VALUE)
        return std::abs(by_shown.count()) < rounding.count() ? core::Seconds(0) : by_shown;
    const core::Seconds decoded = seconds(first.packet->dts, first.time_base);
    const core::Seconds by_decoded = start - decoded;
    const bool late = std::abs(by_decoded.count()) < std::abs(by_shown.count());
    if (std::abs((late ? by_decoded : by_shown).count()) >= rounding.count()) return by_shown;
    return late ? decoded - shown : core::Seconds(0);
}

}  // namespace

/// One offset for each run without a discontinuity, taken where the run was met first.
Pipeline::Placed Pipeline::place(const player::MediaSegment& segment,
                                 const std::vector<DemuxedPacket>& packets) {
    const DemuxedPacket *first = nullptr, *last = nullptr;  // of the pictures, where there are any
    for (const DemuxedPacket& packet : packets) {
        if (packet.packet->pts == AV_NOPTS_VALUE) continue;
        if (first == nullptr || (packet.kind == StreamKind::video && first->kind != StreamKind::video))
            first = &packet;
        if (packet.kind == first->kind) last = &packet;
    }
    if (first == nullptr) return {};
    const core::Seconds stamp = seconds(first->packet->pts, first->time_base);
    if (first->unplaced) return {segment.start - stamp};
    const auto [entry, fresh] = offsets_.try_emplace(segment.discontinuity_sequence);
    if (fresh) {
        entry->second = first_offset(segment.start, *first);
        if (offsets_.size() > 1000)
            offsets_.erase(entry == offsets_.begin() ? std::next(entry) : offsets_.begin());
    }
    core::Seconds offset = entry->second;
    if (first->wraps) offset += mpeg_wrap * std::round((segment.start - stamp - offset) / mpeg_wrap);
    // Durations that are not so let a title drift away from its playlist without any jump.
    std::optional<core::Seconds>& end = segment.track == player::Track::main ? main_until_ : audio_until_;
    const bool goes_on = end && std::abs((stamp + offset - *end).count()) < continuous.count();
    const core::Seconds astray = stamp + offset - segment.start;
    const bool jumped =
        !goes_on && std::abs(astray.count()) > std::max(least_jump, 3 * segment.duration).count();
    if (jumped) offset = entry->second = segment.start - stamp;
    end = seconds(last->packet->pts, last->time_base) + offset;
    return {offset, jumped};
}

/// The index of the last key picture at or before the target: nothing before it is needed.
std::size_t Pipeline::first_needed(const std::vector<DemuxedPacket>& packets, core::Seconds offset) {
    std::size_t first = 0;
    for (std::size_t i = 0; i < packets.size(); ++i) {
        const AVPacket& packet = *packets[i].packet;
        if (packets[i].kind == StreamKind::video && (packet.flags & AV_PKT_FLAG_KEY) != 0 &&
            packet.pts != AV_NOPTS_VALUE &&
            seconds(packet.pts, packets[i].time_base) + offset <= lap_.target + same_time)
            first = i;
    }
    return first;
}

void Pipeline::take(player::MediaSegment segment) {
    const bool main = segment.track == player::Track::main;
    const core::Seconds segment_end = segment.start + segment.duration;
    if (main) pulled_until_ = segment_end;
    if (lap_.to > core::Seconds(0) && segment_end >= lap_.to)
        (main ? lap_main_covered_ : lap_audio_covered_) = true;
    if (!segment.data) {
        known_ = known_ || main;
        return;
    }
    auto packets = demux_segment(segment.init, segment.data, main ? video_config_ : spare_config_,
                                 main && separate_audio_ ? spare_config_ : audio_config_);
    if (!packets) {
        segment.data.reset();
        damage_ = packets.error();
        callbacks_.on_damaged(segment, packets.error());
        return;
    }
    known_ = known_ || main;
    const Placed placed = place(segment, *packets);
    if (placed.jumped) {
        segment.follows_gap = true;
        if (callbacks_.on_jump)
            callbacks_.on_jump(
                fmt::format("the timestamps jump at segment {} although the playlist names no "
                            "discontinuity there; it is played where the playlist has it",
                            segment.sequence));
    }
    Label label;
    label.offset = placed.offset;
    label.level = segment.level;
    label.level_bps = segment.level_bps;
    label.sequence = segment.sequence;
    const std::size_t needed_from = main ? first_needed(*packets, label.offset) : 0;
    if (main && start_.at_keyframe && lap_.number == 0) {
        // From the key picture on everything is shown and heard.
        start_.at_keyframe = false;
        for (std::size_t i = needed_from; i < packets->size(); ++i) {
            const DemuxedPacket& packet = (*packets)[i];
            if (packet.kind != StreamKind::video || packet.packet->pts == AV_NOPTS_VALUE) continue;
            lap_.target = seconds(packet.packet->pts, packet.time_base) + label.offset;
            break;
        }
    }
    label.lap = lap_;
    if (main) choose_kept(*packets, label.offset);
    std::int64_t last_picture = AV_NOPTS_VALUE;
    for (const DemuxedPacket& packet : *packets)
        if (packet.kind == StreamKind::video) last_picture = std::max(last_picture, packet.packet->pts);
    bool first_video = segment.follows_gap, first_audio = segment.follows_gap;
    for (std::size_t i = 0; i < packets->size(); ++i) {
        DemuxedPacket& packet = (*packets)[i];
        const bool video = packet.kind == StreamKind::video;
        if (video && !main) continue;  // a picture in the sound's track is cover art
        if (!video && main && separate_audio_) continue;
        (video ? has_video_ : has_audio_) = true;
        if (video && i < needed_from) continue;
        const bool lap_begins = std::exchange(video ? first_video_of_lap_ : first_audio_of_lap_, false);
        const bool drain = std::exchange(video ? first_video : first_audio, false) || lap_begins;
        // A target behind the last picture of the title is answered with that one.
        const bool stands = video && packet.packet->pts == last_picture;
        queue(std::move(packet), label, drain, stands);
    }
}

/// Of the pictures before the target, as many as fit the bound are decoded, all of them; the others only
/// where these need them.
void Pipeline::choose_kept(const std::vector<DemuxedPacket>& packets, core::Seconds offset) {
    if (start_.before_bytes == 0 || lap_.number > 0) return;
    std::vector<core::Seconds> before;
    double size = 1;
    for (const DemuxedPacket& packet : packets) {
        if (packet.kind != StreamKind::video || packet.packet->pts == AV_NOPTS_VALUE) continue;
        const core::Seconds at = seconds(packet.packet->pts, packet.time_base) + offset;
        if (at < lap_.target) before.push_back(at);
        const AVCodecParameters& picture = *packet.config->parameters;
        size = 1.5 * std::max(picture.width, 16) * std::max(picture.height, 16);
    }
    const auto most = std::size_t(double(start_.before_bytes) / size) + 2;
    if (before.size() <= most) return;
    std::sort(before.begin(), before.end());
    before_from_ = before[before.size() - most];
}

void Pipeline::queue(DemuxedPacket packet, const Label& label, bool drain_first, bool stands) {
    const bool video = packet.kind == StreamKind::video;
    Queued queued;
    queued.label = label;
    queued.label.time_base = packet.time_base;
    if (packet.packet->dts != AV_NOPTS_VALUE) queued.label.dts = packet.packet->dts;
    queued.drain_first = drain_first;
    const AVPacket& data = *packet.packet;
    if (data.pts != AV_NOPTS_VALUE) {
        const core::Seconds at = seconds(data.pts, packet.time_base) + label.offset;
        const core::Seconds end = at + seconds(std::max<std::int64_t>(data.duration, 0), packet.time_base);
        core::Seconds& lap_end = video ? lap_video_end_ : lap_audio_end_;
        lap_end = std::max(lap_end, end);
        // Decoded later than the loop's end is shown later still. A drain must not be lost with its packet.
        const core::Seconds decoded =
            data.dts == AV_NOPTS_VALUE ? at : seconds(data.dts, packet.time_base) + label.offset;
        if (!drain_first && label.lap.to > core::Seconds(0) && std::min(at, decoded) >= label.lap.to) return;
        if (!video && !drain_first && end < label.lap.target - sound_run_up) return;
        if (video && end <= label.lap.target + same_time) {
            const bool is_kept = label.lap.number == 0 && start_.before_bytes > 0 &&
                                 (!before_from_ || at >= *before_from_ - same_time);
            queued.use = is_kept || stands ? PacketUse::kept : PacketUse::needed_by_others;
        }
    }
    queued.packet = std::move(packet);
    (video ? video_ : audio_).packets.push_back(std::move(queued));
}

}  // namespace qd::decode
