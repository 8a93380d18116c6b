// Where to go on: seeks and loops, over what is kept, what the session has, and what must be fetched.

#include <algorithm>

#include "decode/playback_impl.hpp"

namespace qd::decode {
namespace {
constexpr core::Seconds shortest_loop{0.1};
constexpr core::Seconds loop_slack{1e-3};
}  // namespace

void Playback::Impl::reposition(core::Seconds position) {
    const player::SessionSnapshot session = session_.snapshot();
    std::optional<int> level = locked_level_;
    if (level) level = std::clamp(*level, 0, std::max(0, int(session.presentation.levels.size()) - 1));
    if (shelf_.rewind(position, level)) return session_.set_playhead(position, 0);
    // Ahead, and in the session's buffer: taken over from there, so that the way back stays short.
    if (const auto end = shelf_.end();
        end && position >= *end && position < session.playhead + session.buffered) {
        for (const player::Track track : {player::Track::main, player::Track::audio}) {
            if (!shelf_.holds(track)) continue;
            while (shelf_.end_of(track) <= position) {
                player::Pull pull = session_.pull(track);
                if (pull.state != player::PullState::segment) break;
                shelf_.add(pull.segment);
            }
        }
        kept_bytes_ = shelf_.bytes();
        if (shelf_.rewind(position, level)) return session_.set_playhead(position, 0);
    }
    shelf_.clear();
    kept_bytes_ = 0;
    session_.seek(position);
}

void Playback::Impl::seek(core::Seconds position, SeekMode mode) {
    const std::lock_guard control(control_);
    if (!(position == position)) return;
    {
        const std::lock_guard lock(mutex_);
        if (!open()) return;
        const player::PresentationInfo& known = presentation_;
        if (!known.live && known.end > core::Seconds(0))
            position =
                std::clamp(position, known.start, std::max(known.start, known.end - core::Seconds(0.001)));
        if (loop_) {
            const core::Seconds last = loop_->to > core::Seconds(0) ? loop_->to - loop_slack : position;
            if (position < loop_->from - loop_slack || position > last) position = loop_->from;
        }
        const bool starting = state_ == PlaybackState::starting;
        if (state_ == PlaybackState::ended) {
            paused_ = false;
            qoe_.reopened(steady());
        }
        if (!starting) qoe_.seek_began(steady());
        new_position(position, starting ? PlaybackState::starting : PlaybackState::seeking, mode);
        order(SoundOrder::pause);
    }
    outbox_.drain(mutex_);
    reposition(position);
}

void Playback::Impl::set_loop(std::optional<LoopRange> range) {
    const std::lock_guard control(control_);
    std::optional<core::Seconds> again_from;
    {
        const std::lock_guard lock(mutex_);
        if (range) {
            range->from = std::max(range->from, core::Seconds(0));
            if (range->to != core::Seconds(0)) range->to = std::max(range->to, range->from + shortest_loop);
        }
        if (range == loop_ || !open()) return;
        // Of a bounded range, what lies behind its end is not decoded.
        const bool cut = loop_ && loop_->to > core::Seconds(0) && pulled_until_ >= loop_->to;
        loop_ = range;
        const core::Seconds at = position(steady());
        const bool bounded = range && range->to > core::Seconds(0);
        const bool inside =
            !range || (at >= range->from - loop_slack && (!bounded || at < range->to - loop_slack));
        // What is on its way to the screen may belong to the range before, or lie beyond the new one.
        const bool too_far = cut || (shown_ && shown_->picture.lap != pulling_lap_) ||
                             (bounded && pulled_until_ >= range->to) ||
                             (range && state_ == PlaybackState::ended);
        if (!inside || too_far)
            again_from = inside ? at : range->from;
        else
            loop_changed_ = true;
        wake();
    }
    if (again_from) seek(*again_from, SeekMode::exact);
}

void Playback::Impl::select_audio(int index) {
    const std::lock_guard control(control_);
    std::optional<core::Seconds> again_from;
    {
        const std::lock_guard lock(mutex_);
        const int count = int(presentation_.audio_tracks.size());
        if (count > 0) index = std::clamp(index, 0, count - 1);
        if (open() && state_ != PlaybackState::starting && state_ != PlaybackState::ended && count > 0)
            again_from = position(steady());
    }
    if (again_from && session_.snapshot().audio_track == index) return;
    // The session clears what it holds; what is kept here is of the other track as well.
    if (again_from) session_.set_playhead(*again_from, 0);
    session_.select_audio(index);
    if (!again_from) return;
    shelf_.clear();
    kept_bytes_ = 0;
    {
        const std::lock_guard lock(mutex_);
        new_position(*again_from, PlaybackState::seeking);
        new_sound_ = true;
        order(SoundOrder::pause);
    }
    outbox_.drain(mutex_);
    session_.seek(*again_from);
}

void Playback::Impl::step(int frames) {
    {
        const std::lock_guard lock(mutex_);
        if (!open() || frames == 0) return;
        if (state_ == PlaybackState::ended && shown_) {
            paused_ = true;
            set_state(PlaybackState::paused);
        }
        pause_now(steady());
        steps_asked_ = std::clamp(steps_asked_ + std::clamp(frames, -1000, 1000), -1000, 1000);
        wake();
    }
    outbox_.drain(mutex_);
}

}  // namespace qd::decode
