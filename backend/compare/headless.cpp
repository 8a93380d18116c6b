#include "compare/headless.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include <fmt/format.h>

#include "compare/decoded_stream.hpp"
#include "compare/level_match.hpp"
#include "player/highest_level.hpp"

namespace qd::compare {
namespace {

constexpr core::Seconds buffer_each{20};
constexpr std::size_t most_fetches = 2'000;
constexpr core::Seconds longest_lead{0.5};

class Headless {
public:
    Headless(const Both<SideOptions>& what, const CompareServices& services, const HeadlessOptions& options,
             const HeadlessCallbacks& callbacks, std::stop_token stop)
        : what_(what),
          options_(options),
          callbacks_(callbacks),
          stop_(std::move(stop)),
          comparison_({what.a.name, what.b.name}, options.thresholds) {
        for (const Side side : sides) {
            if (what_[side].name.empty()) what_[side].name = side == Side::a ? "A" : "B";
            DecodedStream::Callbacks to_stream;
            to_stream.on_fetch = [this, side](const player::FetchRecord& record) { fetched(side, record); };
            to_stream.on_skipped = [this, side](const player::SkippedSegment& skipped) {
                notice(fmt::format("{}: segment {} skipped: {}", what_[side].name, skipped.sequence,
                                   skipped.reason));
            };
            to_stream.on_notice = [this, side](const player::Notice& told) {
                notice(fmt::format("{}: {}", what_[side].name, told.message));
            };
            streams_[side] = std::make_unique<DecodedStream>(services, side, options.decoder_threads,
                                                             std::move(to_stream));
        }
    }

    HeadlessResult run() {
        if (open()) {
            settle_offset();
            compare();
        }
        HeadlessResult result;
        for (const Side side : sides)
            if (const unsigned damaged = streams_[side]->damaged(); damaged > 0)
                comparison_.note(
                    fmt::format("{}: {} segments or pictures could not be read", what_[side].name, damaged));
        result.verdict = comparison_.verdict();
        result.error = errors_;
        result.interrupted = stop_.stop_requested();
        return result;
    }

private:
    void notice(const std::string& text) {
        if (callbacks_.on_notice) callbacks_.on_notice(text);
    }

    void fetched(Side side, const player::FetchRecord& record) {
        if (callbacks_.on_fetch) callbacks_.on_fetch(side, record);
        if (record.kind != player::FetchKind::segment || record.track != player::Track::main) return;
        const std::lock_guard lock(mutex_);
        fetches_[side][record.sequence] = record;
        if (fetches_[side].size() > most_fetches) fetches_[side].erase(fetches_[side].begin());
    }

    void fail(Side side, const core::Error& error) {
        errors_[side] = error;
        done_[side] = true;
        comparison_.failed(side, comparison_.last(side), error.message);
    }

    bool open() {
        for (const Side side : sides) {
            what_[side].session.buffer_goal = std::min(what_[side].session.buffer_goal, buffer_each);
            streams_[side]->open(what_[side], options_.level < 0 ? player::highest_level : options_.level,
                                 options_.at);
        }
        Both<std::optional<player::PresentationInfo>> known;
        for (const Side side : sides) {
            auto info = streams_[side]->presentation(stop_);
            if (info)
                known[side] = std::move(*info);
            else
                fail(side, info.error());
        }
        if (!known.a || !known.b) return false;
        live_ = known.a->live || known.b->live;
        target_duration_ = known.a->target_duration;
        const LevelMatch match = match_levels(known.a->levels, known.b->levels, options_.level);
        if (!match.notice.empty()) {
            notice(match.notice);
            comparison_.note(match.notice);
        }
        const int locked = options_.level < 0 ? int(known.b->levels.size()) - 1
                                              : std::min(options_.level, int(known.b->levels.size()) - 1);
        if (match.b != locked) streams_[Side::b]->relock(match.b, options_.at);
        return true;
    }

    Offset start_offset() const {
        if (!live_) return {};
        return offset_of_live(streams_[Side::a]->pulled(), streams_[Side::b]->pulled(), target_duration_)
            .value_or(Offset{});
    }

    void settle_offset() {
        Offset offset;
        if (options_.b_minus_a) {
            offset = {*options_.b_minus_a, OffsetMethod::given, {}};
        } else {
            OffsetFinder finder;
            for (const Side side : sides) streams_[side]->remember();
            Both<core::Seconds> reached;
            Both<bool> over;
            std::optional<Offset> found;
            Offset start;
            while (!found && !stop_.stop_requested() && !(over.a && over.b)) {
                const Side side = over.a || (!over.b && reached.b < reached.a) ? Side::b : Side::a;
                const auto next = streams_[side]->next(stop_, options_.patience);
                if (!next || next->state != DecodedStream::State::frame) {
                    finder.end(side);
                    over[side] = true;
                } else {
                    const ComparedFrame& frame = next->frame;
                    if (frames_[side]++ == 0) began_[side] = frame.at;
                    reached[side] = frame.at - began_[side];
                    finder.add(side, {frame.at, frame.duration, frame.code}, sketch(frame.luma.view));
                }
                start = start_offset();
                found = finder.found(start.b_minus_a);
            }
            if (found) {
                offset = *found;
                if (offset.method == OffsetMethod::none) offset.method = start.method;
            }
            for (const Side side : sides)
                if (!streams_[side]->rewind(options_.at))
                    notice(
                        fmt::format("{}: what the offset was found from is too much to be compared as well",
                                    what_[side].name));
        }
        comparison_.set_offset(offset);
        // Timestamps begin a little late where pictures are reordered; later than that, something is missing.
        Both<core::Seconds> first{options_.at, options_.at};
        for (const Side side : sides)
            if (frames_[side] > 0 && began_[side] > options_.at && began_[side] < options_.at + longest_lead)
                first[side] = began_[side];
        if (!live_) comparison_.begin_at(std::max(first.a, first.b - offset.b_minus_a));
    }

    void compare() {
        Both<core::Seconds> reached;
        while (!(done_.a && done_.b) && !stop_.stop_requested()) {
            const Side side = done_.a || (!done_.b && reached.b < reached.a) ? Side::b : Side::a;
            auto next = streams_[side]->next(stop_, options_.patience);
            if (!next) {
                if (next.error().code != core::Errc::cancelled) fail(side, next.error());
            } else if (next->state == DecodedStream::State::failed) {
                fail(side, streams_[side]->error().value_or(
                               core::Error{core::Errc::unavailable, "it could not be played to its end"}));
            } else if (next->state == DecodedStream::State::ended) {
                done_[side] = true;
                comparison_.end(side);
            } else {
                reached[side] =
                    next->frame.at - (side == Side::b ? comparison_.offset().b_minus_a : core::Seconds(0));
                if (!first_) first_ = reached[side];
                if (options_.length > core::Seconds(0) && reached[side] >= (live_ ? *first_ : options_.at) +
                                                                               options_.length -
                                                                               core::Seconds(1e-4)) {
                    done_[side] = true;
                    comparison_.cut(side);
                } else {
                    comparison_.push(side, std::move(next->frame));
                }
            }
            score();
        }
        for (const Side side : sides) comparison_.cut(side);
        score();
        finish_segment();
    }

    void score() {
        while (comparison_.waiting() > 0) {
            const auto score = comparison_.score_next();
            if (!score) continue;
            if (callbacks_.on_pair) callbacks_.on_pair(*score);
            if (segment_ && segment_->sequence.a != score->segment.a) finish_segment();
            if (!segment_) {
                segment_.emplace();
                segment_->sequence = score->segment;
                segment_->from = score->at;
                segment_->worst_psnr_db = score->psnr_db;
            }
            SegmentResult& segment = *segment_;
            segment.to = score->at + score->duration;
            ++segment.pairs;
            segment.identical += score->identical ? 1 : 0;
            segment.mean_ssim += score->ssim;  // the sum, until it is finished
            segment.worst_ssim = std::min(segment.worst_ssim, score->ssim);
            segment.worst_psnr_db = std::min(segment.worst_psnr_db, score->psnr_db);
            for (const Side side : sides) {
                segment.frozen[side] = segment.frozen[side] || score->frozen[side];
                segment.black[side] = segment.black[side] || score->black[side];
            }
        }
    }

    void finish_segment() {
        if (!segment_) return;
        SegmentResult segment = *std::exchange(segment_, std::nullopt);
        segment.mean_ssim /= double(segment.pairs);
        for (const Side side : sides) {
            const std::uint64_t missing = comparison_.missing(side);
            segment.missing[side] = missing - std::exchange(missing_told_[side], missing);
            const std::lock_guard lock(mutex_);
            if (const auto at = fetches_[side].find(segment.sequence[side]); at != fetches_[side].end())
                segment.fetch[side] = at->second;
        }
        if (callbacks_.on_segment) callbacks_.on_segment(segment);
    }

    Both<SideOptions> what_;
    const HeadlessOptions& options_;
    const HeadlessCallbacks& callbacks_;
    std::stop_token stop_;
    Comparison comparison_;
    Both<std::optional<core::Error>> errors_;
    Both<bool> done_;
    bool live_ = false;
    core::Seconds target_duration_{};
    Both<std::uint64_t> frames_;
    Both<core::Seconds> began_;
    std::optional<core::Seconds> first_;
    std::optional<SegmentResult> segment_;
    Both<std::uint64_t> missing_told_;
    std::mutex mutex_;
    Both<std::map<std::uint64_t, player::FetchRecord>> fetches_;
    Both<std::unique_ptr<DecodedStream>> streams_;  // last: they call back until they are gone
};

}  // namespace

HeadlessResult compare_streams(const Both<SideOptions>& what, const CompareServices& services,
                               const HeadlessOptions& options, const HeadlessCallbacks& callbacks,
                               const std::stop_token& stop) {
    return Headless(what, services, options, callbacks, stop).run();
}

}  // namespace qd::compare
