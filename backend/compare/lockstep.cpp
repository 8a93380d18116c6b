#include "compare/lockstep.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "compare/lockstep_impl.hpp"
#include "player/highest_level.hpp"

namespace qd::compare {
namespace {

using decode::PlaybackState;

constexpr std::uint64_t shelf_bytes = 24u << 20;

}  // namespace

Lockstep::Impl::Impl(CompareServices services, decode::FrameSink& frames_a, decode::FrameSink& frames_b,
                     decode::AudioSink* audio, LockstepOptions options, LockstepCallbacks callbacks)
    : services_(services),
      options_(std::move(options)),
      callbacks_(std::move(callbacks)),
      line_(audio),
      a_(std::make_unique<Player>(*this, Side::a, frames_a)),
      b_(std::make_unique<Player>(*this, Side::b, frames_b)) {
    for (const Side side : sides)
        player(side).decoder = std::thread([this, side] { decode_loop(player(side)); });
    present_thread_ = std::thread([this] { present_loop(); });
    if (options_.score) score_thread_ = std::thread([this] { score_loop(); });
}

Lockstep::Impl::~Impl() {
    for (const Side side : sides) player(side).session.shutdown();
    {
        std::unique_lock lock(mutex_);
        ending_ = true;
        outbox_.silence_observer(lock);
        wake();
    }
    for (const Side side : sides) player(side).decoder.join();
    present_thread_.join();
    if (score_thread_.joinable()) score_thread_.join();
}

Lockstep::Impl::Player::Player(Impl& owner_, Side side_, decode::FrameSink& frames_)
    : owner(owner_),
      side(side_),
      frames(frames_),
      qoe(owner_.options_.segment_log),
      shelf(shelf_bytes),
      session(owner_.services_.transport(side_), owner_.services_.executor, owner_.services_.clock,
              owner_.services_.random, this) {}

void Lockstep::Impl::wake() {
    decode_wake_.notify_all();
    present_wake_.notify_all();
    score_wake_.notify_all();
}

bool Lockstep::Impl::open() const {
    return state_ != PlaybackState::idle && state_ != PlaybackState::failed;
}

void Lockstep::Impl::set_state(PlaybackState state) {
    if (state_ == state) return;
    state_ = state;
    if (callbacks_.on_state && !ending_)
        outbox_.add_for_observer([this, state] { callbacks_.on_state(state); });
}

void Lockstep::Impl::notice(std::string text) {
    if (callbacks_.on_notice && !ending_)
        outbox_.add_for_observer([this, text = std::move(text)] { callbacks_.on_notice(text); });
}

void Lockstep::Impl::new_position(core::Seconds target, PlaybackState state) {
    ++generation_;
    target_ = target;
    for (const Side side : sides) {
        Player& one = player(side);
        one.queue.clear();
        one.prepared.reset();
        one.sound.clear();
        one.sound_until = target + shift(side);
        one.waits = one.done = one.broken = false;
        one.loop_changed = false;
        one.pulling_lap = 0;
        one.pulled_until = one.sound_until;
        one.lap_shifts.clear();
        one.fresh = true;
        one.dropped_in_a_row = 0;
        one.dropped.reset();
        one.behind = false;
    }
    release_held(steady());
    waiting_since_ = steady();
    waits_for_.reset();
    line_.clear();
    steps_asked_ = 0;
    stepped_ = false;
    clock_.halt(steady());
    clock_.set(target, steady());
    Work work;
    work.kind = Work::Kind::interrupt;
    give(std::move(work));
    set_state(state);
    wake();
}

void Lockstep::Impl::play(SideOptions a, SideOptions b) {
    const std::lock_guard control(control_);
    for (const Side side : sides) player(side).session.close();
    if (a.name.empty()) a.name = "A";
    if (b.name.empty()) b.name = "B";
    Both<SideOptions> what{std::move(a), std::move(b)};
    {
        const std::lock_guard lock(mutex_);
        const core::SteadyTime now = steady();
        for (const Side side : sides) {
            Player& one = player(side);
            player::SessionOptions& session = what[side].session;
            session.locked_level = options_.level < 0 ? player::highest_level : options_.level;
            if (options_.start_at > core::Seconds(0)) session.start_at = options_.start_at;
            one.options = what[side];
            one.qoe = player::QoeTracker(options_.segment_log);
            one.qoe.requested(now);
            one.error.reset();
            one.presentation.reset();
            one.shown.reset();
            one.shown_at.clear();
            one.pulled.clear();
            one.decisions.clear();
            one.notices.clear();
            one.skipped.clear();
            one.video_codec.clear();
            one.audio_codec.clear();
            one.finished = one.has_video = one.has_audio = one.held = false;
            one.shelf.clear();
            one.new_title = true;
        }
        live_offset_.reset();
        offset_moved_ = {};
        paused_ = levels_settled_ = aligned_ = false;
        loop_.reset();
        laps_over_.reset();
        subtitles_to_match_ = false;
        subtitles_asked_.reset();
        rows_.clear();
        history_.clear();
        pairs_scored_ = pairs_skipped_ = 0;
        verdict_ = {};
        // What was found of one title says nothing of the next.
        if (offset_.method != OffsetMethod::given) {
            offset_ = {};
            offset_known_ = false;
        }
        work_.clear();
        Work fresh;
        fresh.kind = Work::Kind::fresh;
        fresh.names = {what.a.name, what.b.name};
        give(std::move(fresh));
        if (offset_known_) {
            Work given;
            given.kind = Work::Kind::offset;
            given.offset = offset_;
            give(std::move(given));
        }
        new_position(options_.start_at, PlaybackState::starting);
        orders_.push_back(SoundOrder::stop);
    }
    outbox_.drain(mutex_);
    for (const Side side : sides) player(side).session.open(what[side].url, what[side].session);
}

void Lockstep::Impl::pause_now(core::SteadyTime now) {
    if (!open() || paused_ || state_ == PlaybackState::ended) return;
    paused_ = true;
    for (const Side side : sides)
        if (!player(side).finished) player(side).qoe.paused(now);
    if (state_ == PlaybackState::playing || state_ == PlaybackState::stalled) {
        clock_.halt(now);
        orders_.push_back(SoundOrder::pause);
        waits_for_.reset();
        set_state(PlaybackState::paused);
    }
    playhead_told_ = {};
    wake();
}

void Lockstep::Impl::release_held(core::SteadyTime now) {
    for (const Side side : sides)
        if (std::exchange(player(side).held, false) && !paused_) player(side).qoe.resumed(now);
}

void Lockstep::Impl::pause() {
    {
        const std::lock_guard lock(mutex_);
        pause_now(steady());
    }
    outbox_.drain(mutex_);
}

void Lockstep::Impl::resume() {
    bool from_start = false;
    {
        const std::lock_guard lock(mutex_);
        from_start = state_ == PlaybackState::ended;
        if (!from_start) {
            if (!open() || !paused_) return;
            const core::SteadyTime now = steady();
            paused_ = false;
            for (const Side side : sides) {
                player(side).held = false;
                if (!player(side).finished) player(side).qoe.resumed(now);
            }
            if (state_ == PlaybackState::paused) {
                if (std::exchange(stepped_, false)) orders_.push_back(SoundOrder::begin);
                orders_.push_back(SoundOrder::resume);
                clock_.run(now);
                set_state(PlaybackState::playing);
            }
            playhead_told_ = {};
            wake();
        }
    }
    outbox_.drain(mutex_);
    if (from_start) seek(core::Seconds(0));
}

void Lockstep::Impl::stop() {
    const std::lock_guard control(control_);
    for (const Side side : sides) player(side).session.close();
    {
        const std::lock_guard lock(mutex_);
        for (const Side side : sides) {
            Player& one = player(side);
            if (!one.finished) one.qoe.finished(steady(), false, false);
            one.finished = true;
            one.shelf.clear();
        }
        new_position(core::Seconds(0), PlaybackState::idle);
        for (const Side side : sides) player(side).shown.reset();
        orders_.push_back(SoundOrder::stop);
    }
    outbox_.drain(mutex_);
}

void Lockstep::Impl::set_rate(double rate) {
    if (!std::isfinite(rate)) return;
    const std::lock_guard lock(mutex_);
    rate = std::clamp(rate, 0.25, 4.0);
    clock_.set_rate(rate, steady());
    line_.set_rate(rate);
    playhead_told_ = {};
    present_wake_.notify_all();
}

void Lockstep::Impl::set_audible(Side side) {
    const std::lock_guard lock(mutex_);
    if (audible_ == side) return;
    audible_ = side;
    orders_.push_back(SoundOrder::begin);
    wake();
}

void Lockstep::Impl::set_output_size(int width, int height) {
    const std::lock_guard lock(mutex_);
    const decode::Size box{std::clamp(width, 0, 8192), std::clamp(height, 0, 8192)};
    if (box == box_) return;
    box_ = box;
    size_changed_ = true;
    present_wake_.notify_all();
}

Lockstep::Lockstep(CompareServices services, decode::FrameSink& frames_a, decode::FrameSink& frames_b,
                   decode::AudioSink* audio, LockstepOptions options, LockstepCallbacks callbacks)
    : impl_(std::make_unique<Impl>(services, frames_a, frames_b, audio, std::move(options),
                                   std::move(callbacks))) {}
Lockstep::~Lockstep() = default;
void Lockstep::play(SideOptions a, SideOptions b) {
    impl_->play(std::move(a), std::move(b));
}
void Lockstep::pause() {
    impl_->pause();
}
void Lockstep::resume() {
    impl_->resume();
}
void Lockstep::seek(core::Seconds position) {
    impl_->seek(position);
}
void Lockstep::step(int frames) {
    impl_->step(frames);
}
void Lockstep::stop() {
    impl_->stop();
}
void Lockstep::set_rate(double rate) {
    impl_->set_rate(rate);
}
void Lockstep::set_audible(Side side) {
    impl_->set_audible(side);
}
void Lockstep::set_offset(std::optional<core::Seconds> b_minus_a) {
    impl_->set_offset(b_minus_a);
}
void Lockstep::set_output_size(int width, int height) {
    impl_->set_output_size(width, height);
}
void Lockstep::lock_level(int level) {
    impl_->lock_level(level);
}
void Lockstep::set_loop(std::optional<decode::LoopRange> range) {
    impl_->set_loop(range);
}
void Lockstep::select_subtitles(std::optional<int> index) {
    impl_->select_subtitles(index);
}
LockstepSnapshot Lockstep::snapshot() const {
    return impl_->snapshot();
}
std::vector<PairScore> Lockstep::scores(std::uint64_t after) const {
    return impl_->scores(after);
}
std::vector<SegmentRow> Lockstep::segments() const {
    return impl_->segments();
}
std::vector<player::FetchRecord> Lockstep::fetches(Side side, std::uint64_t after) const {
    return impl_->fetches(side, after);
}
core::Result<decode::VideoFrame> Lockstep::grab(Side side) const {
    return impl_->grab(side);
}
std::optional<decode::FrameInfo> Lockstep::frame_info(Side side) const {
    return impl_->frame_info(side);
}
std::vector<player::StallInterval> Lockstep::stalls(Side side) const {
    return impl_->stalls(side);
}
std::vector<player::AbrDecision> Lockstep::decisions(Side side) const {
    return impl_->decisions(side);
}
std::vector<player::Notice> Lockstep::notices(Side side) const {
    return impl_->notices(side);
}
std::vector<SkippedAt> Lockstep::skipped(Side side) const {
    return impl_->skipped(side);
}
decode::PlaybackSnapshot Lockstep::playback(Side side) const {
    return impl_->playback(side);
}
Verdict Lockstep::verdict() const {
    return impl_->verdict();
}

}  // namespace qd::compare
