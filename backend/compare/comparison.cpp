#include "compare/comparison.hpp"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "compare/picture_score.hpp"
#include "compare/tile_means.hpp"

namespace qd::compare {
namespace {

// Pictures of times further apart, in durations of a frame, differ by what moved in between.
constexpr double same_moment_share = 0.25;

}  // namespace

Comparison::Comparison(Both<std::string> names, Thresholds thresholds)
    : detector_(thresholds.spans), lasting_(thresholds.lasting), judge_(std::move(names), thresholds) {}

void Comparison::set_offset(const Offset& offset) {
    offset_ = offset;
    aligner_.set_offset(offset.b_minus_a);
    judge_.set_offset(offset);
    align();
}

void Comparison::push(Side side, ComparedFrame frame) {
    last_[side] = side == Side::b ? frame.at - offset_.b_minus_a : frame.at;
    const std::uint64_t key = next_key_++;
    aligner_.push(side, {key, frame.at, frame.duration});
    frames_[side].emplace(key, std::move(frame));
    align();
}

void Comparison::end(Side side) {
    aligner_.end(side);
    align();
}

void Comparison::cut(Side side) {
    aligner_.abandon(side);
    align();
}

void Comparison::failed(Side side, std::optional<core::Seconds> at, const std::string& reason) {
    judge_.failed(side, at, reason);
    cut(side);
}

void Comparison::interrupt() {
    while (!pairs_.empty()) skip_next();
    aligner_.reset();
    frames_ = {};
    detector_.interrupt();
    lasting_.interrupt();
    judge_.interrupt();
}

void Comparison::align() {
    while (const auto pairing = aligner_.next()) {
        switch (pairing->kind) {
            case PairKind::pair: {
                Pair pair;
                for (const Side side : sides)
                    pair.frame[side] = std::move(frames_[side].extract(pairing->key[side]).mapped());
                pair.at = pairing->at;
                pair.duration = pairing->duration;
                pairs_.push_back(std::move(pair));
                break;
            }
            case PairKind::missing:
                frames_[other(pairing->side)].erase(pairing->key[other(pairing->side)]);
                ++missing_[pairing->side];
                judge_.missing(pairing->side, pairing->at, pairing->duration);
                break;
            case PairKind::spare:
                frames_[pairing->side].erase(pairing->key[pairing->side]);
                break;
        }
    }
}

void Comparison::skip_next() {
    if (pairs_.empty()) return;
    pairs_.pop_front();
    judge_.skipped();
}

std::optional<PairScore> Comparison::score_next() {
    if (pairs_.empty()) return std::nullopt;
    const Pair pair = std::move(pairs_.front());
    pairs_.pop_front();
    if (pair.frame.a.luma.empty() || pair.frame.b.luma.empty()) {
        judge_.skipped();
        return std::nullopt;
    }
    const Luma &luma_a = pair.frame.a.luma, &luma_b = pair.frame.b.luma;
    const EqualSizes equal = equal_sizes(luma_a, luma_b);
    const auto scored = score_pictures(equal.a.view, equal.b.view);
    if (!scored) {
        judge_.note(scored.error().message);
        judge_.skipped();
        return std::nullopt;
    }
    PairScore score;
    score.number = ++number_;
    score.at = pair.at;
    score.duration = pair.duration;
    for (const Side side : sides) {
        score.position[side] = pair.frame[side].at;
        score.segment[side] = pair.frame[side].segment;
        score.frame_number[side] = pair.frame[side].code;
    }
    score.ssim = scored->ssim;
    score.psnr_db = scored->psnr_db;
    score.scaled = luma_a.view.width != luma_b.view.width || luma_a.view.height != luma_b.view.height;
    TileMeans tiles = tile_means(equal.a, equal.b);
    score.patch = tiles.farthest();
    score.identical = scored->identical && luma_a.matrix == luma_b.matrix &&
                      (!tiles.colour || (same_samples(equal.a.chroma[0], equal.b.chroma[0]) &&
                                         same_samples(equal.a.chroma[1], equal.b.chroma[1])));
    convert_b(tiles, luma_a.matrix, luma_b.matrix);
    const core::Seconds apart = pair.frame.b.at - offset_.b_minus_a - pair.frame.a.at;
    lasting_.add(score.at, score.duration, tiles,
                 std::abs(apart.count()) <= same_moment_share * pair.duration.count());
    const auto state = detector_.add(score.at, score.duration, sketch(luma_a.view), sketch(luma_b.view));
    score.frozen = state.frozen;
    score.black = state.black;
    if (score.scaled)
        judge_.note(fmt::format("{}x{} and {}x{} are compared at {}x{}", luma_a.view.width,
                                luma_a.view.height, luma_b.view.width, luma_b.view.height, scored->width,
                                scored->height));
    if (offset_.method == OffsetMethod::frame_code && score.frame_number.a && score.frame_number.b &&
        score.frame_number.a != score.frame_number.b)
        ++other_numbers_;
    judge_.add(score);
    return score;
}

Verdict Comparison::verdict() const {
    Judge judge = judge_;
    judge.set_spans(detector_.spans());
    judge.set_lasting(lasting_.found(), lasting_.looked_for());
    const auto each = aligner_.frame_duration();
    for (const Side side : sides)
        if (each[side] > core::Seconds(0)) judge.set_fps(side, std::round(1000 / each[side].count()) / 1000);
    if (other_numbers_ > 0)
        judge.note(fmt::format("the frame numbers in {} pairs are not the same", other_numbers_));
    return judge.verdict();
}

}  // namespace qd::compare
