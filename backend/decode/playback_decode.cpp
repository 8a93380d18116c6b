// The "decode" thread: keeps a few pictures and half a second of sound ahead of what is presented.

#include <algorithm>
#include <utility>

#include "core/executor.hpp"
#include "decode/playback_impl.hpp"

namespace qd::decode {
namespace {

constexpr std::size_t most_ahead = 8, least_ahead = 3;  // pictures
constexpr std::uint64_t most_bytes_ahead = 16u << 20;
constexpr core::Seconds sound_ahead{0.5};
// Even a decoder that never keeps up shows a picture now and then.
constexpr unsigned most_dropped_in_a_row = 10;

bool has_room(const std::deque<DecodedPicture>& queue) {
    if (queue.size() < least_ahead) return true;
    return queue.size() < most_ahead && (queue.size() + 1) * queue.front().bytes() <= most_bytes_ahead;
}

}  // namespace

/// `generation` is the thread's: what its pipeline works for.
Pipeline Playback::Impl::make_pipeline(const std::uint64_t& generation) {
    Pipeline::Callbacks callbacks;
    const auto current = [this, &generation] {
        const std::lock_guard lock(mutex_);
        if (generation != generation_) return false;
        fresh_segments_ = false;
        return true;
    };
    callbacks.pull = [this, current](player::Track track) {
        const std::lock_guard control(control_);
        player::Pull pull;
        if (!current()) return pull;
        if (auto kept = shelf_.next(track)) {
            pull.state = player::PullState::segment;
            pull.segment = std::move(*kept);
        } else {
            pull = session_.pull(track);
            if (pull.state == player::PullState::segment) {
                shelf_.add(pull.segment);
                shelf_.next(track);
                kept_bytes_ = shelf_.bytes();
            }
        }
        if (pull.state == player::PullState::segment && track == player::Track::main)
            pulled_until_ = pull.segment.start + pull.segment.duration;
        return pull;
    };
    callbacks.rewind = [this, current](core::Seconds position) {
        const std::lock_guard control(control_);
        if (current()) reposition(position);
    };
    callbacks.on_picture = [this, &generation](DecodedPicture picture) {
        const std::lock_guard lock(mutex_);
        if (generation == generation_) picture_decoded(std::move(picture));
    };
    callbacks.on_before = [this, &generation](DecodedPicture picture) {
        const std::lock_guard lock(mutex_);
        if (generation == generation_) keep_back(std::move(picture));
    };
    callbacks.on_sound = [this, &generation](SoundChunk chunk) {
        const std::lock_guard lock(mutex_);
        if (generation == generation_) sound_decoded(std::move(chunk));
    };
    callbacks.on_damaged = [this](const player::MediaSegment& segment, const core::Error& error) {
        damaged(segment, error);
    };
    callbacks.on_jump = [this](const std::string& text) {
        if (callbacks_.on_notice) callbacks_.on_notice({services_.clock.now(), "timestamps", text});
    };
    const int threads = options_.decoder_threads > 0
                            ? options_.decoder_threads
                            : std::clamp(int(std::thread::hardware_concurrency()), 2, 4);
    return Pipeline(DecoderOptions{threads, options_.hardware_decode, true}, std::move(callbacks));
}

void Playback::Impl::decode_loop() {
    core::name_this_thread("decode");
    std::uint64_t generation = 0;
    Pipeline pipeline = make_pipeline(generation);
    Pipeline::Step last = Pipeline::Step::idle;
    for (;;) {
        Pipeline::Wants wants;
        {
            std::unique_lock lock(mutex_);
            for (;;) {
                if (ending_) return;
                if (generation != generation_) {
                    generation = generation_;
                    Pipeline::Start start;
                    start.target = target_;
                    start.at_keyframe = seek_mode_ == SeekMode::keyframe;
                    // Those just before a seek's target are for the next steps back; not more, for it waits
                    // for them.
                    if (paused_)
                        start.before_bytes =
                            finding_back_ ? options_.back_step_bytes : options_.back_step_bytes / 3;
                    start.new_title = std::exchange(new_title_, false);
                    start.new_sound = std::exchange(new_sound_, false);
                    loop_changed_ = true;
                    pipeline.reset(start);
                    last = Pipeline::Step::worked;
                }
                if (std::exchange(loop_changed_, false)) {
                    const LoopRange range = loop_.value_or(LoopRange{});
                    pipeline.set_loop(loop_ ? std::optional(range.from) : std::nullopt, range.to);
                    if (last == Pipeline::Step::ended) last = Pipeline::Step::worked;
                }
                wants.video = has_room(queue_);
                wants.no_sound = !sound_.usable();
                wants.audio = !wants.no_sound && sound_.queued() < sound_ahead * std::max(1.0, rate_);
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
        const std::lock_guard lock(mutex_);
        if (generation != generation_) continue;
        last = step ? *step : Pipeline::Step::failed;
        if (!step && !error_) error_ = step.error();
        publish(pipeline, last);
    }
}

/// With mutex_ held.
void Playback::Impl::publish(const Pipeline& pipeline, Pipeline::Step last) {
    has_video_ = pipeline.has_video();
    has_audio_ = pipeline.has_audio();
    pulling_lap_ = pipeline.pulling_lap();
    pulling_shift_ = pipeline.pulling_shift();
    const StreamDecoder& video = pipeline.video_decoder();
    // The decoders remember what they decoded last, be it of another title.
    const std::string sound = has_audio_ ? pipeline.audio_decoder().title() : std::string();
    if (audio_codec_ != sound) audio_codec_ = sound;
    if (has_video_ && !video.title().empty()) {
        if (video_codec_ != video.title()) video_codec_ = video.title();
        decoder_ = video.in_hardware() ? "VA-API" : "software";
        if (decoder_reason_ != video.software_reason()) decoder_reason_ = video.software_reason();
    }
    const bool waits = last == Pipeline::Step::waiting;
    const bool done = last == Pipeline::Step::ended || last == Pipeline::Step::failed;
    if (waits != decoder_waits_ || done != decoder_done_) present_wake_.notify_all();
    decoder_waits_ = waits;
    decoder_done_ = done;
    decoder_failed_ = last == Pipeline::Step::failed;
    sound_.end_of_sound(done);
}

/// With mutex_ held.
void Playback::Impl::picture_decoded(DecodedPicture picture) {
    // Already late when it leaves the decoder: not worth scaling.
    if (clock_.running() && picture.due_end() < clock_.at(steady()) &&
        ++dropped_in_a_row_ <= most_dropped_in_a_row) {
        if (above_screen(picture.due)) {
            ++above_screen_;
        } else {
            last_due_ = picture.due;
            qoe_.frames(0, 1, 0);
        }
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
