// What can be read off a playback at any moment.

#include "decode/playback_impl.hpp"

namespace qd::decode {

/// With mutex_ held.
core::Seconds Playback::Impl::position(core::SteadyTime now) const {
    if (shown_ && has_video_ && state_ != PlaybackState::seeking && state_ != PlaybackState::starting)
        return shown_->picture.at;
    return clock_.at(now) - pulling_shift_;
}

PlaybackSnapshot Playback::Impl::snapshot() const {
    PlaybackSnapshot result;
    result.session = session_.snapshot();
    result.audio_track = result.session.audio_track;
    result.subtitle_track = result.session.subtitle_track;
    if (result.subtitle_track) {
        core::Seconds shown;
        {
            const std::lock_guard lock(mutex_);
            shown = position(steady());
        }
        result.cues = session_.subtitles_at(shown);
    }
    const std::lock_guard lock(mutex_);
    const core::SteadyTime now = steady();
    result.state = state_;
    result.position = position(now);
    result.audio_clock = audio_clock_;
    result.has_video = has_video_;
    result.has_audio = has_audio_;
    if (shown_) {
        result.source_width = shown_->frame.source_width;
        result.source_height = shown_->frame.source_height;
        result.shown_level = shown_->picture.level;
        result.laps = shown_->picture.lap;
    }
    if (shown_at_.size() >= 2 && state_ == PlaybackState::playing)
        result.decoded_fps =
            double(shown_at_.size() - 1) / core::Seconds(shown_at_.back() - shown_at_.front()).count();
    result.qoe = qoe_.snapshot(now);
    result.last_decision = last_decision_;
    result.error = error_;
    result.rate = rate_;
    if (audio_clock_) result.av_offset = av_offset_;
    result.video_codec = video_codec_;
    result.audio_codec = audio_codec_;
    result.decoder = decoder_;
    result.decoder_reason = decoder_reason_;
    result.frames_above_screen = above_screen_;
    result.loop = loop_;
    result.kept_bytes = kept_bytes_;
    return result;
}

std::optional<FrameInfo> Playback::Impl::frame_info() const {
    const std::lock_guard lock(mutex_);
    if (!shown_) return std::nullopt;
    return describe(*shown_);
}

core::Result<VideoFrame> Playback::Impl::grab() const {
    media::Frame picture;
    VideoFrame labels;
    {
        const std::lock_guard lock(mutex_);
        if (!shown_) return core::fail(core::Errc::not_found, "there is no picture on the screen");
        picture = another_reference(shown_->picture);
        labels = shown_->frame;
    }
    if (!picture) return core::fail(core::Errc::internal, "out of memory");
    return in_coded_size(*picture, labels);
}

std::vector<player::FetchRecord> Playback::Impl::fetches(std::uint64_t after) const {
    const std::lock_guard lock(mutex_);
    std::vector<player::FetchRecord> result;
    for (const player::FetchRecord& record : qoe_.log())
        if (record.number > after) result.push_back(record);
    return result;
}

std::vector<player::StallInterval> Playback::Impl::stalls() const {
    const std::lock_guard lock(mutex_);
    return {qoe_.stall_log().begin(), qoe_.stall_log().end()};
}

}  // namespace qd::decode
