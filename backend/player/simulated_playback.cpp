#include "player/simulated_playback.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>

#include "player/outbox.hpp"

namespace qd::player {
namespace chr = std::chrono;

/// Segments are pulled as soon as they are there (their bodies are gone already) and kept as a list of what
/// the playhead passes. step() brings everything up to now and sets a timer for the next thing that will
/// happen by itself: the end of a segment, of the buffer, or of the viewer's patience.
class SimulatedPlayback::Impl : public SessionObserver, public std::enable_shared_from_this<Impl> {
public:
    Impl(Transport& transport, core::Executor& executor, const core::Clock& clock, core::Random& random,
         Callbacks callbacks)
        : executor_(executor),
          clock_(clock),
          callbacks_(std::move(callbacks)),
          session_(transport, executor, clock, random, this) {}

    void start(std::string url, SessionOptions session, SimulatedOptions options) {
        session.discard_bodies = true;
        {
            const std::lock_guard lock(mutex_);
            options_ = options;
            qoe_ = QoeTracker(options.segment_log);
            began_ = clock_.steady_now();
            qoe_.requested(began_);
        }
        session_.open(std::move(url), std::move(session));
        step();
    }

    void stop() {
        {
            const std::lock_guard lock(mutex_);
            play_up_to(clock_.steady_now());
            finish(clock_.steady_now(), false, std::nullopt);
        }
        settle();
    }

    void destroy() {
        session_.shutdown();  // from here on no observer call comes; timers still may
        std::unique_lock lock(mutex_);
        over_ = true;
        outbox_.silence_observer(lock);
    }

    Qoe qoe() const {
        const std::lock_guard lock(mutex_);
        return qoe_.snapshot(clock_.steady_now());
    }
    std::deque<FetchRecord> log() const {
        const std::lock_guard lock(mutex_);
        return qoe_.log();
    }
    core::Seconds position() const {
        const std::lock_guard lock(mutex_);
        const core::Seconds moved = moving_ ? core::Seconds(clock_.steady_now() - anchor_) : core::Seconds(0);
        return std::min(position_ + moved, std::max(position_, available_));
    }
    SessionSnapshot session() const { return session_.snapshot(); }

    void on_available() override { step(); }
    void on_fetch(const FetchRecord& record) override {
        {
            const std::lock_guard lock(mutex_);
            if (over_) return;
            qoe_.fetched(record);
        }
        if (callbacks_.on_fetch) callbacks_.on_fetch(record);
    }
    void on_decision(const AbrDecision& decision) override {
        if (callbacks_.on_decision) callbacks_.on_decision(decision);
    }
    void on_skipped(const SkippedSegment& skipped) override {
        {
            const std::lock_guard lock(mutex_);
            if (over_) return;
            qoe_.segment_skipped();
        }
        if (callbacks_.on_skipped) callbacks_.on_skipped(skipped);
    }
    void on_notice(const Notice& notice) override {
        if (callbacks_.on_notice) callbacks_.on_notice(notice);
    }
    void on_failed(const core::Error& error) override {
        const std::lock_guard lock(mutex_);
        failure_ = error;
    }

private:
    struct Piece {
        core::Seconds start{}, end{};
        int level = 0;
        double level_bps = 0;
    };

    void step() {
        std::vector<MediaSegment> fresh;
        PullState state = PullState::waiting;
        for (;;) {
            Pull pull = session_.pull();
            state = pull.state;
            if (state != PullState::segment) break;
            fresh.push_back(std::move(pull.segment));
        }
        // Separate sound is pulled alongside so that its buffer does not fill up; the picture's timeline
        // leads.
        while (session_.pull(Track::audio).state == PullState::segment) {
        }
        {
            const std::lock_guard lock(mutex_);
            if (over_ || began_ == core::SteadyTime{}) return;
            const core::SteadyTime now = clock_.steady_now();
            play_up_to(now);
            for (const MediaSegment& segment : fresh) {
                pieces_.push_back(
                    {segment.start, segment.start + segment.duration, segment.level, segment.level_bps});
                if (!positioned_) position_ = segment.start;
                positioned_ = true;
                available_ = pieces_.back().end;
            }
            decide(now, state);
        }
        settle();
    }

    /// Moves the playhead to where it is at `now`, or to where it ran dry before that.
    void play_up_to(core::SteadyTime now) {
        if (!moving_) return;
        core::Seconds budget = now - anchor_;
        anchor_ = now;
        while (budget > core::Seconds(0) && !pieces_.empty()) {
            Piece& piece = pieces_.front();
            if (position_ < piece.start) position_ = piece.start;  // a skipped segment: the picture jumps
            const core::Seconds played = std::min(budget, piece.end - position_);
            qoe_.rendered(piece.level, piece.level_bps, played);
            position_ += played;
            budget -= played;
            if (position_ < piece.end - core::Seconds(1e-6)) break;
            pieces_.pop_front();
        }
        if (pieces_.empty()) {
            moving_ = false;
            dry_since_ = now - chr::duration_cast<core::SteadyTime::duration>(budget);
        }
    }

    void decide(core::SteadyTime now, PullState state) {
        core::Seconds ahead{};
        for (const Piece& piece : pieces_) ahead += piece.end - std::max(position_, piece.start);
        const bool no_more = state == PullState::ended || state == PullState::failed;
        if (started_ && !moving_ && !(pieces_.empty() && no_more)) {
            qoe_.stall_began(dry_since_, position_);
            if (!stall_) stall_ = StallInterval{dry_since_, position_, {}, true};
        }
        if (!moving_ && !pieces_.empty()) {
            const core::Seconds needed = started_ ? options_.resume_buffer : options_.start_buffer;
            if (ahead >= needed - core::Seconds(1e-6) || no_more) {
                moving_ = true;
                anchor_ = now;
                qoe_.stall_ended(now);
                tell_stall(now, false);
                if (!started_) {
                    started_ = true;
                    qoe_.first_frame(now);
                    if (callbacks_.on_started)
                        outbox_.add_for_observer([this, startup = core::Seconds(now - began_)] {
                            callbacks_.on_started(startup);
                        });
                }
            }
        }
        const auto limit = began_ + chr::duration_cast<core::SteadyTime::duration>(options_.watch_for);
        if (options_.watch_for > core::Seconds(0) && now >= limit) return finish(now, false, std::nullopt);
        if (pieces_.empty() && state == PullState::failed) return finish(now, false, failure_);
        if (pieces_.empty() && state == PullState::ended && (started_ || positioned_))
            return finish(now, true, std::nullopt);
        if (pieces_.empty() && state == PullState::ended)  // every segment was skipped
            return finish(
                now, false,
                core::Error{core::Errc::unavailable,
                            "nothing of the title could be played: its segments were skipped, or last 0 s"});
        outbox_.add([this, position = position_, rate = moving_ ? 1.0 : 0.0] {
            session_.set_playhead(position, rate);
        });
        std::optional<core::SteadyTime> wake;
        if (moving_) {
            const core::Seconds to_boundary =
                pieces_.front().end - std::max(position_, pieces_.front().start);
            wake = now + chr::ceil<core::SteadyTime::duration>(to_boundary);
        }
        if (options_.watch_for > core::Seconds(0)) wake = wake ? std::min(*wake, limit) : limit;
        if (wake) arm(now, *wake);
    }

    void arm(core::SteadyTime now, core::SteadyTime at) {
        if (armed_ && *armed_ > now && *armed_ <= at) return;
        armed_ = at;
        const auto delay =
            chr::ceil<chr::milliseconds>(std::max(at - now, core::SteadyTime::duration::zero()));
        outbox_.add([this, delay, at] {
            executor_.post_after(delay, [weak = weak_from_this(), at] {
                const auto alive = weak.lock();
                if (!alive) return;
                {
                    const std::lock_guard lock(alive->mutex_);
                    if (alive->over_) return;
                    if (alive->armed_ == at) alive->armed_.reset();
                }
                alive->step();
            });
        });
    }

    void tell_stall(core::SteadyTime now, bool open) {
        if (!stall_) return;
        stall_->duration = std::max(core::Seconds(0), core::Seconds(now - stall_->from));
        stall_->open = open;
        if (callbacks_.on_stall)
            outbox_.add_for_observer([this, stall = *stall_] { callbacks_.on_stall(stall); });
        stall_.reset();
    }

    void finish(core::SteadyTime now, bool at_end, std::optional<core::Error> error) {
        if (over_) return;
        over_ = true;
        tell_stall(now, true);
        qoe_.finished(now, error.has_value(), at_end);
        outbox_.add([this] { session_.close(); });
        if (callbacks_.on_finished)
            outbox_.add_for_observer([this, qoe = qoe_.snapshot(now), error = std::move(error)] {
                callbacks_.on_finished(qoe, error);
            });
    }

    void settle() { outbox_.drain(mutex_); }

    core::Executor& executor_;
    const core::Clock& clock_;
    Callbacks callbacks_;

    mutable std::mutex mutex_;
    Outbox outbox_;
    SimulatedOptions options_;
    QoeTracker qoe_;
    core::SteadyTime began_{};
    bool positioned_ = false;
    bool started_ = false;
    bool moving_ = false;
    bool over_ = false;
    core::Seconds position_{};   // at anchor_
    core::Seconds available_{};  // the end of what has been pulled
    core::SteadyTime anchor_{};
    core::SteadyTime dry_since_{};
    std::optional<StallInterval> stall_;
    std::deque<Piece> pieces_;
    std::optional<core::Error> failure_;
    std::optional<core::SteadyTime> armed_;
    PlayerSession session_;
};

SimulatedPlayback::SimulatedPlayback(Transport& transport, core::Executor& executor, const core::Clock& clock,
                                     core::Random& random, Callbacks callbacks)
    : impl_(std::make_shared<Impl>(transport, executor, clock, random, std::move(callbacks))) {}
SimulatedPlayback::~SimulatedPlayback() {
    impl_->destroy();
}
void SimulatedPlayback::start(std::string url, SessionOptions session, SimulatedOptions options) {
    impl_->start(std::move(url), std::move(session), options);
}
void SimulatedPlayback::stop() {
    impl_->stop();
}
Qoe SimulatedPlayback::qoe() const {
    return impl_->qoe();
}
SessionSnapshot SimulatedPlayback::session() const {
    return impl_->session();
}
std::deque<FetchRecord> SimulatedPlayback::log() const {
    return impl_->log();
}
core::Seconds SimulatedPlayback::position() const {
    return impl_->position();
}

}  // namespace qd::player
