// The "decode-a" and "decode-b" threads: a few pictures and half a second of sound ahead of what is
// presented.

#include <algorithm>
#include <utility>

#include "compare/frame_luma.hpp"
#include "compare/lockstep_impl.hpp"
#include "core/executor.hpp"

namespace qd::compare {
namespace {

constexpr std::size_t pictures_ahead = 8;
constexpr core::Seconds sound_ahead{0.6};
constexpr unsigned most_dropped_in_a_row = 10;
constexpr std::size_t pulled_kept = 200;

}  // namespace

decode::Pipeline Lockstep::Impl::make_pipeline(Player& player, const std::uint64_t& generation,
                                               decode::Pipeline* const& pipeline) {
    decode::Pipeline::Callbacks callbacks;
    callbacks.pull = [this, &player, &generation](player::Track track) {
        const std::lock_guard control(control_);
        player::Pull pull;
        {
            const std::lock_guard lock(mutex_);
            if (generation != generation_) return pull;
            player.fresh = false;
        }
        const auto kept = player.shelf.next(track);
        if (kept) {
            pull.state = player::PullState::segment;
            pull.segment = *kept;
        } else {
            pull = player.session.pull(track);
            if (pull.state != player::PullState::segment) return pull;
            player.shelf.add(pull.segment);
            player.shelf.next(track);
        }
        if (track == player::Track::main) {
            const std::lock_guard lock(mutex_);
            player.pulled_until = pull.segment.start + pull.segment.duration;
            if (kept) return pull;
            // Numbers that go back while the timeline goes on: the stream has begun anew.
            if (!player.pulled.empty() && pull.segment.sequence < player.pulled.rbegin()->first &&
                pull.segment.start > player.pulled.rbegin()->second.start)
                player.pulled.clear();
            player.pulled[pull.segment.sequence] = {pull.segment.start, pull.segment.recorded};
            if (player.pulled.size() > pulled_kept) player.pulled.erase(player.pulled.begin());
            watch_offset();
        }
        return pull;
    };
    callbacks.rewind = [this, &player, &generation, &pipeline](core::Seconds from) {
        const std::lock_guard control(control_);
        {
            const std::lock_guard lock(mutex_);
            if (generation != generation_) return;
        }
        next_lap(player, from, pipeline->pulling_shift());
    };
    callbacks.on_picture = [this, &player, &generation](decode::DecodedPicture picture) {
        std::optional<Work> work;
        // What a loop shows again has been scored.
        if (options_.score && picture.lap == 0) {
            work.emplace();
            work->side = player.side;
            work->frame.at = picture.at;
            work->frame.duration = picture.duration;
            work->frame.segment = picture.sequence;
            if (auto luma = luma_of(*picture.frame)) {
                if (options_.read_frame_code) work->frame.code = media::read_frame_code(luma->view);
                work->frame.luma = std::move(*luma);
            }
        }
        const std::lock_guard lock(mutex_);
        if (generation != generation_) return;
        // What one side shows alone says nothing about the other.
        if (work && !a_->behind && !b_->behind) give(std::move(*work));
        picture_decoded(player, std::move(picture));
    };
    callbacks.on_sound = [this, &player, &generation](decode::SoundChunk chunk) {
        const std::lock_guard lock(mutex_);
        if (generation == generation_) sound_decoded(player, std::move(chunk));
    };
    callbacks.on_jump = [this, &player](const std::string& text) {
        {
            const std::lock_guard lock(mutex_);
            notice(player.options.name + ": " + text);
        }
        outbox_.drain(mutex_);
    };
    callbacks.on_damaged = [this, &player](const player::MediaSegment& segment, const core::Error& error) {
        {
            const std::lock_guard lock(mutex_);
            player.qoe.count_error("media");
        }
        player.on_skipped({segment.track, segment.sequence, segment.start, segment.duration, error.message});
    };
    return {decode::DecoderOptions{options_.decoder_threads, false, true}, std::move(callbacks)};
}

/// With mutex_ held.
decode::Pipeline::Start Lockstep::Impl::pipeline_start(Player& player) const {
    decode::Pipeline::Start start;
    start.target = std::max(core::Seconds(0), target_ + shift(player.side));
    if (laps_over_) {
        start.loop_from = std::max(core::Seconds(0), laps_over_->from + shift(player.side));
        // 0 would be the end of the title.
        start.loop_to = std::max(*start.loop_from + core::Seconds(0.1), laps_over_->to + shift(player.side));
    }
    return start;
}

void Lockstep::Impl::decode_loop(Player& player) {
    core::name_this_thread(player.side == Side::a ? "decode-a" : "decode-b");
    std::uint64_t generation = 0;
    decode::Pipeline* self = nullptr;
    decode::Pipeline pipeline = make_pipeline(player, generation, self);
    self = &pipeline;
    using Step = decode::Pipeline::Step;
    Step last = Step::idle;
    for (;;) {
        decode::Pipeline::Wants wants;
        {
            Lock lock(mutex_);
            for (;;) {
                if (ending_) return;
                if (generation != generation_) {
                    generation = generation_;
                    auto start = pipeline_start(player);
                    start.new_title = std::exchange(player.new_title, false);
                    pipeline.reset(start);
                    player.loop_changed = false;
                    last = Step::worked;
                }
                if (std::exchange(player.loop_changed, false)) {
                    const auto start = pipeline_start(player);
                    pipeline.set_loop(start.loop_from, start.loop_to);
                    if (last == Step::ended) last = Step::worked;
                }
                const core::Seconds clock = clock_.at(steady()) + shift(player.side);
                wants.video = player.queue.size() < pictures_ahead;
                wants.no_sound = !line_.usable();
                wants.audio = !wants.no_sound && player.sound_until < clock + sound_ahead * clock_.rate();
                const bool over = last == Step::ended || last == Step::failed;
                const bool may_pull = (wants.video || wants.audio) && last != Step::idle &&
                                      (last != Step::waiting || player.fresh);
                if (open() && !over && (may_pull || pipeline.can_decode(wants))) break;
                decode_wake_.wait(lock);
                if (last == Step::idle) last = Step::worked;
            }
        }
        const auto step = pipeline.step(wants);
        const std::lock_guard lock(mutex_);
        if (generation != generation_) continue;
        last = step ? *step : Step::failed;
        publish(player, pipeline, last, step ? std::nullopt : std::optional(step.error()));
    }
}

/// With mutex_ held.
void Lockstep::Impl::publish(Player& player, const decode::Pipeline& pipeline, decode::Pipeline::Step last,
                             const std::optional<core::Error>& error) {
    using Step = decode::Pipeline::Step;
    player.has_video = pipeline.has_video();
    player.has_audio = pipeline.has_audio();
    player.video_codec = pipeline.video_decoder().title();
    player.audio_codec = pipeline.audio_decoder().title();
    if (error && !player.error) player.error = error;
    const bool waits = last == Step::waiting;
    const bool done = last == Step::ended || last == Step::failed;
    if (waits == player.waits && done == player.done) return;
    player.waits = waits;
    player.broken = last == Step::failed;
    if (done && !player.done) {
        Work work;
        work.kind = player.broken ? Work::Kind::failed : Work::Kind::end;
        work.side = player.side;
        if (player.broken)
            work.text =
                player.error ? player.error->message : std::string("it could not be played to its end");
        give(std::move(work));
    }
    player.done = done;
    present_wake_.notify_all();
}

/// With mutex_ held.
void Lockstep::Impl::picture_decoded(Player& player, decode::DecodedPicture picture) {
    // On its way to join again.
    if (player.behind && aligned_ && due_end(player, picture) <= clock_.at(steady())) return;
    // Already late when it leaves the decoder: not worth scaling.
    if (clock_.running() && due_end(player, picture) < clock_.at(steady()) &&
        ++player.dropped_in_a_row <= most_dropped_in_a_row) {
        player.qoe.frames(0, 1, 0);
        player.dropped = std::move(picture);
        return;
    }
    player.dropped_in_a_row = 0;
    player.dropped.reset();
    player.queue.push_back(std::move(picture));
    present_wake_.notify_all();
}

/// With mutex_ held. The silent side's sound is kept at hand as well, so that the ear can change sides at
/// once.
void Lockstep::Impl::sound_decoded(Player& player, decode::SoundChunk chunk) {
    chunk.at += lap_correction(player, chunk);
    player.sound_until = chunk.at + chunk.duration();
    const core::Seconds heard = clock_.at(steady()) + shift(player.side);
    while (!player.sound.empty() &&
           player.sound.front().at + player.sound.front().duration() < heard - core::Seconds(0.1))
        player.sound.pop_front();
    if (player.side == audible_ && !player.behind) {
        decode::SoundChunk copy = chunk;
        copy.at -= shift(player.side);
        line_.push(std::move(copy));
    }
    player.sound.push_back(std::move(chunk));
    present_wake_.notify_all();
}

}  // namespace qd::compare
