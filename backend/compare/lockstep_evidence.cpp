// What is kept of each side, for the inspector and for evidence: copies, made under the lock.

#include "compare/lockstep_impl.hpp"

namespace qd::compare {
namespace {

template <class Row>
auto copy_of(const Row& row) {
    return std::vector<typename Row::value_type>(row.begin(), row.end());
}

}  // namespace

core::Result<decode::VideoFrame> Lockstep::Impl::grab(Side side) const {
    media::Frame picture;
    decode::VideoFrame painted;
    {
        const std::lock_guard lock(mutex_);
        const auto& shown = player(side).shown;
        if (!shown) return core::fail(core::Errc::not_found, "there is no picture on the screen");
        picture = decode::another_reference(shown->picture);
        painted = shown->frame;
    }
    if (!picture) return core::fail(core::Errc::internal, "out of memory");
    return decode::in_coded_size(*picture, painted);
}

std::optional<decode::FrameInfo> Lockstep::Impl::frame_info(Side side) const {
    const std::lock_guard lock(mutex_);
    const auto& shown = player(side).shown;
    return shown ? std::optional(decode::describe(*shown)) : std::nullopt;
}

std::vector<player::StallInterval> Lockstep::Impl::stalls(Side side) const {
    const std::lock_guard lock(mutex_);
    return copy_of(player(side).qoe.stall_log());
}

std::vector<player::AbrDecision> Lockstep::Impl::decisions(Side side) const {
    const std::lock_guard lock(mutex_);
    return copy_of(player(side).decisions);
}

std::vector<player::Notice> Lockstep::Impl::notices(Side side) const {
    const std::lock_guard lock(mutex_);
    return copy_of(player(side).notices);
}

std::vector<SkippedAt> Lockstep::Impl::skipped(Side side) const {
    const std::lock_guard lock(mutex_);
    return copy_of(player(side).skipped);
}

decode::PlaybackSnapshot Lockstep::Impl::playback(Side which) const {
    LockstepSnapshot both = snapshot();
    SideSnapshot& side = both.side[which];
    decode::PlaybackSnapshot result;
    result.state = side.state;
    if (both.waits_for && *both.waits_for != which && side.state == decode::PlaybackState::stalled)
        result.state = decode::PlaybackState::paused;
    result.position = side.position;
    result.audio_clock = both.audio_clock && both.audible == which;
    result.source_width = side.source_width;
    result.source_height = side.source_height;
    result.shown_level = side.level;
    result.qoe = std::move(side.qoe);
    result.audio_track = side.session.audio_track;
    result.session = std::move(side.session);
    result.last_decision = std::move(side.last_decision);
    result.error = std::move(side.error);
    result.rate = both.rate;
    result.loop = both.loop;
    result.laps = both.laps;
    result.cues = std::move(side.cues);
    result.subtitle_track = side.subtitle_track;
    const std::lock_guard lock(mutex_);
    const Player& one = player(which);
    result.has_video = one.has_video;
    result.has_audio = one.has_audio;
    result.video_codec = one.video_codec;
    result.audio_codec = one.audio_codec;
    if (!one.video_codec.empty()) result.decoder = "software";
    if (one.shown_at.size() >= 2 && state_ == decode::PlaybackState::playing)
        result.decoded_fps = double(one.shown_at.size() - 1) /
                             core::Seconds(one.shown_at.back() - one.shown_at.front()).count();
    return result;
}

}  // namespace qd::compare
