// The "decode" thread: keeps a few pictures and half a second of sound ahead of what is presented.

#include "core/executor.hpp"
#include "decode/playback_impl.hpp"

namespace qd::decode {
namespace {

constexpr std::size_t pictures_ahead = 8;
constexpr core::Seconds sound_ahead{0.5};
// Even a decoder that never keeps up shows a picture now and then.
constexpr unsigned most_dropped_in_a_row = 10;

}  // namespace

void Playback::Impl::decode_loop() {
    core::name_this_thread("decode");
    std::uint64_t generation = 0;
    Pipeline::Callbacks callbacks;
    callbacks.pull = [&](player::Track track) {
        const std::lock_guard control(control_);
        {
            const std::lock_guard lock(mutex_);
            if (generation != generation_) return player::Pull{};
            fresh_segments_ = false;
        }
        return session_.pull(track);
    };
    callbacks.on_picture = [&](DecodedPicture picture) {
        const std::lock_guard lock(mutex_);
        if (generation == generation_) picture_decoded(std::move(picture));
    };
    callbacks.on_sound = [&](SoundChunk chunk) {
        const std::lock_guard lock(mutex_);
        if (generation == generation_) sound_decoded(std::move(chunk));
    };
    callbacks.on_damaged = [this](const player::MediaSegment& segment, const core::Error& error) {
        damaged(segment, error);
    };
    Pipeline pipeline(options_.decoder_threads, std::move(callbacks));

    Pipeline::Step last = Pipeline::Step::idle;
    for (;;) {
        Pipeline::Wants wants;
        {
            std::unique_lock lock(mutex_);
            for (;;) {
                if (ending_) return;
                if (generation != generation_) {
                    generation = generation_;
                    pipeline.reset(target_);
                    last = Pipeline::Step::worked;
                }
                wants.video = queue_.size() < pictures_ahead;
                wants.no_sound = !sound_.usable();
                wants.audio = !wants.no_sound && sound_.queued() < sound_ahead;
                const bool over = last == Pipeline::Step::ended || last == Pipeline::Step::failed;
                const bool may_pull = (wants.video || wants.audio) && last != Pipeline::Step::idle &&
                                      (last != Pipeline::Step::waiting || fresh_segments_);
                if (open() && !over && (may_pull || pipeline.can_decode(wants))) break;
                decode_wake_.wait(lock);
                // Something was consumed, or has come: what was idle may have work again.
                if (last == Pipeline::Step::idle) last = Pipeline::Step::worked;
            }
        }
        const auto step = pipeline.step(wants);
        {
            const std::lock_guard lock(mutex_);
            if (generation != generation_) continue;
            has_video_ = pipeline.has_video();
            has_audio_ = pipeline.has_audio();
            last = step ? *step : Pipeline::Step::failed;
            if (!step && !error_) error_ = step.error();
            const bool waits = last == Pipeline::Step::waiting;
            const bool done = last == Pipeline::Step::ended || last == Pipeline::Step::failed;
            if (waits != decoder_waits_ || done != decoder_done_) present_wake_.notify_all();
            decoder_waits_ = waits;
            decoder_done_ = done;
            decoder_failed_ = last == Pipeline::Step::failed;
        }
    }
}

/// With mutex_ held.
void Playback::Impl::picture_decoded(DecodedPicture picture) {
    // Already late when it leaves the decoder: not worth scaling.
    if (clock_.running() && picture.end() < clock_.at(steady()) &&
        ++dropped_in_a_row_ <= most_dropped_in_a_row) {
        qoe_.frames(0, 1, 0);
        return;
    }
    dropped_in_a_row_ = 0;
    queue_.push_back(std::move(picture));
    present_wake_.notify_all();
}

/// With mutex_ held.
void Playback::Impl::sound_decoded(SoundChunk chunk) {
    sound_until_ = chunk.at + chunk.duration();
    sound_.push(std::move(chunk));
    present_wake_.notify_all();
}

void Playback::Impl::damaged(const player::MediaSegment& segment, const core::Error& error) {
    {
        const std::lock_guard lock(mutex_);
        qoe_.count_error("media");
        qoe_.segment_skipped();
        if (callbacks_.on_skipped && !ending_) {
            player::SkippedSegment skipped{segment.track, segment.sequence, segment.start, segment.duration,
                                           error.message};
            outbox_.add_for_observer(
                [this, skipped = std::move(skipped)] { callbacks_.on_skipped(skipped); });
        }
    }
    outbox_.drain(mutex_);
}

}  // namespace qd::decode
