// The "scores" thread: aligns and scores what the decoders give out, as far as there is time.

#include <utility>

#include "compare/lockstep_impl.hpp"
#include "core/executor.hpp"

namespace qd::compare {
namespace {

// Beyond these the oldest pairs are skipped: what is scored must be about what is seen, and pictures are
// large.
constexpr std::size_t most_waiting_pairs = 6;
constexpr std::size_t most_work = 64;
constexpr core::Seconds verdict_period{0.2};
// A larger change of the offset moves what is shown.
constexpr core::Seconds noticeable{0.3};

}  // namespace

/// With mutex_ held.
void Lockstep::Impl::give(Work work) {
    if (!options_.score) return;
    // Its place in time is kept, or it would be missing on its side; its pixels are not.
    if (work.kind == Work::Kind::frame && work_.size() >= most_work) work.frame.luma = {};
    work_.push_back(std::move(work));
    score_wake_.notify_all();
}

void Lockstep::Impl::score_loop() {
    core::name_this_thread("scores");
    auto comparison = std::make_unique<Comparison>(Both<std::string>{}, options_.thresholds);
    std::optional<OffsetFinder> finder(std::in_place);
    bool told = true;
    core::SteadyTime told_at{};
    for (;;) {
        std::deque<Work> work;
        {
            Lock lock(mutex_);
            if (work_.empty() && comparison->waiting() == 0 && told)
                score_wake_.wait(lock, [this] { return ending_ || !work_.empty(); });
            if (ending_) return;
            work.swap(work_);
        }
        for (Work& each : work) {
            if (each.kind == Work::Kind::fresh) {
                comparison = std::make_unique<Comparison>(each.names, options_.thresholds);
                finder.emplace();
            } else {
                take(*comparison, finder, std::move(each));
            }
            told = false;
        }
        std::uint64_t skipped = 0;
        while (comparison->waiting() > most_waiting_pairs) {
            comparison->skip_next();
            ++skipped;
        }
        const bool waited = comparison->waiting() > 0;
        const auto score = comparison->score_next();
        if (waited && !score) ++skipped;
        told = told && !score && skipped == 0;
        const core::SteadyTime now = steady();
        const bool tell = !told && (core::Seconds(now - told_at) >= verdict_period ||
                                    (comparison->waiting() == 0 && work.empty() && !score));
        std::optional<Verdict> verdict;
        if (tell) {
            verdict = comparison->verdict();
            told = true;
            told_at = now;
        }
        const std::lock_guard lock(mutex_);
        // A title played since has begun a history of its own.
        if (!work_.empty() && work_.front().kind == Work::Kind::fresh) continue;
        pairs_skipped_ += skipped;
        if (verdict) verdict_ = std::move(*verdict);
        if (!score) continue;
        history_.push_back(*score);
        ++pairs_scored_;
        if (history_.size() > options_.score_history) history_.pop_front();
    }
}

void Lockstep::Impl::take(Comparison& comparison, std::optional<OffsetFinder>& finder, Work work) {
    switch (work.kind) {
        case Work::Kind::fresh:
            return;
        case Work::Kind::interrupt:
            comparison.interrupt();
            if (finder) finder.emplace();
            return;
        case Work::Kind::offset:
            if (work.offset.method == OffsetMethod::given)
                finder.reset();
            else
                finder.emplace();
            comparison.set_offset(work.offset);
            return;
        case Work::Kind::failed:
            if (finder) finder->end(work.side);
            comparison.failed(work.side, comparison.last(work.side), work.text);
            return;
        case Work::Kind::note:
            comparison.note(std::move(work.text));
            return;
        case Work::Kind::end:
            if (finder) finder->end(work.side);
            comparison.end(work.side);
            return;
        case Work::Kind::frame:
            break;
    }
    if (finder) {
        finder->add(work.side, {work.frame.at, work.frame.duration, work.frame.code},
                    sketch(work.frame.luma.view));
        if (auto found = finder->found(comparison.offset().b_minus_a)) {
            if (found->method == OffsetMethod::none) found->method = comparison.offset().method;
            finder.reset();
            comparison.set_offset(*found);
            offset_found(*found, work.frame.at);
        } else {
            // Half a pair.
            if (work.side == Side::a) {
                comparison.skip_frame();
                const std::lock_guard lock(mutex_);
                ++pairs_skipped_;
            }
            return;
        }
    }
    comparison.push(work.side, std::move(work.frame));
}

/// `by`: the position by which it was found; what came before it has not been scored.
void Lockstep::Impl::offset_found(const Offset& found, core::Seconds by) {
    bool move = false;
    core::Seconds at{};
    {
        const std::lock_guard lock(mutex_);
        if (offset_.method == OffsetMethod::given) return;
        const double change = std::abs((found.b_minus_a - offset_.b_minus_a).count());
        offset_ = found;
        offset_known_ = true;
        move = open() && change > noticeable.count();
        at = position(steady());
        if (found.frames() != 0) notice(found.text());
        if (pairs_skipped_ > 0)
            notice(fmt::format("what came before {} showed how the sides lie to each other and was not scored: "
                               "seek back to compare it",
                               position_text(by)));
        present_wake_.notify_all();
    }
    outbox_.drain(mutex_);
    if (move) seek(at);
}

}  // namespace qd::compare
