// The "decode-a" and "decode-b" threads: a few pictures and half a second of sound ahead of what is
// presented, and what the sessions tell.

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
constexpr std::size_t most_rows = 200;

}  // namespace

decode::Pipeline Lockstep::Impl::make_pipeline(Player& player, const std::uint64_t& generation) {
    decode::Pipeline::Callbacks callbacks;
    callbacks.pull = [this, &player, &generation](player::Track track) {
        const std::lock_guard control(control_);
        player::Pull pull;
        {
            const std::lock_guard lock(mutex_);
            if (generation != generation_) return pull;
            player.fresh = false;
        }
        if (auto kept = player.shelf.next(track)) {
            pull.state = player::PullState::segment;
            pull.segment = std::move(*kept);
            return pull;
        }
        pull = player.session.pull(track);
        if (pull.state != player::PullState::segment) return pull;
        player.shelf.add(pull.segment);
        player.shelf.next(track);
        if (track == player::Track::main) {
            const std::lock_guard lock(mutex_);
            player.pulled[pull.segment.sequence] = {pull.segment.start, pull.segment.recorded};
            if (player.pulled.size() > most_rows) player.pulled.erase(player.pulled.begin());
        }
        return pull;
    };
    callbacks.on_picture = [this, &player, &generation](decode::DecodedPicture picture) {
        std::optional<Work> work;
        if (options_.score) {
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
        if (work) give(std::move(*work));
        picture_decoded(player, std::move(picture));
    };
    callbacks.on_sound = [this, &player, &generation](decode::SoundChunk chunk) {
        const std::lock_guard lock(mutex_);
        if (generation == generation_) sound_decoded(player, std::move(chunk));
    };
    callbacks.on_damaged = [this, &player](const player::MediaSegment& segment, const core::Error& error) {
        {
            const std::lock_guard lock(mutex_);
            player.qoe.count_error("media");
        }
        player.on_skipped({segment.track, segment.sequence, segment.start, segment.duration, error.message});
    };
    return decode::Pipeline(options_.decoder_threads, std::move(callbacks));
}

void Lockstep::Impl::decode_loop(Player& player) {
    core::name_this_thread(player.side == Side::a ? "decode-a" : "decode-b");
    std::uint64_t generation = 0;
    decode::Pipeline pipeline = make_pipeline(player, generation);
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
                    pipeline.reset(std::max(core::Seconds(0), target_ + shift(player.side)));
                    last = Step::worked;
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
    // Already late when it leaves the decoder: not worth scaling.
    if (clock_.running() && due_end(player, picture) < clock_.at(steady()) &&
        ++player.dropped_in_a_row <= most_dropped_in_a_row) {
        player.qoe.frames(0, 1, 0);
        return;
    }
    player.dropped_in_a_row = 0;
    player.queue.push_back(std::move(picture));
    present_wake_.notify_all();
}

/// With mutex_ held. The silent side's sound is kept at hand as well, so that the ear can change sides at
/// once.
void Lockstep::Impl::sound_decoded(Player& player, decode::SoundChunk chunk) {
    player.sound_until = chunk.at + chunk.duration();
    const core::Seconds heard = clock_.at(steady()) + shift(player.side);
    while (!player.sound.empty() &&
           player.sound.front().at + player.sound.front().duration() < heard - core::Seconds(0.1))
        player.sound.pop_front();
    if (player.side == audible_) {
        decode::SoundChunk copy = chunk;
        copy.at -= shift(player.side);
        line_.push(std::move(copy));
    }
    player.sound.push_back(std::move(chunk));
    present_wake_.notify_all();
}

void Lockstep::Impl::Player::on_presentation(const player::PresentationInfo& info) {
    {
        const std::lock_guard lock(owner.mutex_);
        presentation = info;
    }
    owner.levels_known();
}

void Lockstep::Impl::Player::on_available() {
    const std::lock_guard lock(owner.mutex_);
    fresh = true;
    owner.decode_wake_.notify_all();
}

void Lockstep::Impl::Player::on_fetch(const player::FetchRecord& record) {
    {
        const std::lock_guard lock(owner.mutex_);
        qoe.fetched(record);
        if (record.kind == player::FetchKind::segment && record.track == player::Track::main && record.ok()) {
            SegmentRow& row = owner.rows_[record.sequence];
            row.sequence = record.sequence;
            if (side == Side::a || row.start == core::Seconds(0)) row.start = record.media_start;
            row.first_byte[side] = core::Seconds(record.timings.first_byte);
            row.elapsed[side] = core::Seconds(record.elapsed);
            row.bytes[side] = record.bytes;
            if (owner.rows_.size() > most_rows) owner.rows_.erase(owner.rows_.begin());
        }
    }
    if (owner.callbacks_.on_fetch) owner.callbacks_.on_fetch(side, record);
}

void Lockstep::Impl::Player::on_skipped(const player::SkippedSegment& skipped) {
    {
        const std::lock_guard lock(owner.mutex_);
        qoe.segment_skipped();
    }
    if (owner.callbacks_.on_skipped) owner.callbacks_.on_skipped(side, skipped);
}

void Lockstep::Impl::Player::on_notice(const player::Notice& told) {
    {
        const std::lock_guard lock(owner.mutex_);
        owner.notice(options.name + ": " + told.message);
    }
    owner.outbox_.drain(owner.mutex_);
}

void Lockstep::Impl::Player::on_failed(const core::Error& failure) {
    // What is buffered is played out; the decode thread then finds the session failed.
    const std::lock_guard lock(owner.mutex_);
    error = failure;
    fresh = true;
    owner.decode_wake_.notify_all();
}

}  // namespace qd::compare
