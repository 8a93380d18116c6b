#include "compare/lasting.hpp"

#include <algorithm>
#include <cmath>

#include "compare/marked_area.hpp"

namespace qd::compare {
namespace {

constexpr std::size_t most_found = 200;
constexpr double block_samples = 4;     // a block's side in luma samples
constexpr double belongs = 0.5;         // of its threshold: a tile belongs to the mark it touches
constexpr double mark_beyond_tint = 3;  // of the tint's rms
constexpr double each_spell = 0.6;      // of a threshold must be there in each spell
constexpr core::Seconds mark_pause{1};  // the same mark after less is the same difference
constexpr core::Seconds tint_pause{5};  // a grey scene does not show a tint

double median(std::vector<double> values) {
    if (values.empty()) return 0;
    const auto half = values.begin() + std::ptrdiff_t(values.size() / 2);
    std::nth_element(values.begin(), half, values.end());
    return *half;
}

double rms_apart(const Tile& tile) {
    return std::sqrt(double(tile.variance_apart));
}
/// 0..1: nothing else, nothing alike.
double unlike(const Tile& tile) {
    const double structure = double(tile.variance_a) + double(tile.variance_b);
    return structure > 0 ? double(tile.variance_apart) / structure : 0;
}

bool touch(const Area& one, const Area& two) {
    constexpr double near = 0.03;
    return one.left <= two.right + near && two.left <= one.right + near && one.top <= two.bottom + near &&
           two.top <= one.bottom + near;
}

}  // namespace

std::vector<Tile> LastingDetector::Spell::means() const {
    std::vector<Tile> result(tiles.size());
    for (std::size_t i = 0; i < tiles.size(); ++i) {
        for (std::size_t plane = 0; plane < planes; ++plane) {
            result[i].mean[plane] = float(tiles[i].mean[plane] / pairs);
            result[i].apart[plane] = float(tiles[i].apart[plane] / pairs);
        }
        if (moments == 0) continue;
        result[i].variance_a = float(tiles[i].variance_a / moments);
        result[i].variance_b = float(tiles[i].variance_b / moments);
        result[i].variance_apart = float(tiles[i].variance_apart / moments);
    }
    return result;
}

void LastingDetector::interrupt() {
    spells_.clear();
}

void LastingDetector::add(core::Seconds at, core::Seconds duration, const TileMeans& tiles,
                          bool same_moment) {
    if (tiles.empty()) return;
    if (!spells_.empty()) {
        const Spell& last = spells_.back();
        if (at - last.to > thresholds_.hole || at < last.from || tiles.across != last.across ||
            tiles.down != last.down)
            interrupt();
    }
    const auto full = [this](const Spell& spell) {
        return spell.pairs >= thresholds_.pairs &&
               spell.to - spell.from >= thresholds_.spell - core::Seconds(1e-6);
    };
    if (spells_.empty() || full(spells_.back())) {
        spells_.emplace_back();
        Spell& fresh = spells_.back();
        fresh.from = at;
        fresh.across = tiles.across;
        fresh.down = tiles.down;
        fresh.tiles.resize(tiles.tiles.size());
    }
    Spell& spell = spells_.back();
    spell.to = at + duration;
    spell.colour = spell.colour && tiles.colour;
    ++spell.pairs;
    for (std::size_t i = 0; i < tiles.tiles.size(); ++i) {
        const Tile& tile = tiles.tiles[i];
        for (std::size_t plane = 0; plane < planes; ++plane) {
            spell.tiles[i].mean[plane] += double(tile.mean[plane]);
            spell.tiles[i].apart[plane] += double(tile.apart[plane]);
        }
        if (!same_moment) continue;
        spell.tiles[i].variance_a += double(tile.variance_a);
        spell.tiles[i].variance_b += double(tile.variance_b);
        spell.tiles[i].variance_apart += double(tile.variance_apart);
    }
    if (same_moment) {
        ++spell.moments;
        spell.luma += tiles.luma;
        spell.chroma += tiles.chroma;
    }
    if (!full(spell)) return;
    while (spells_.size() > std::size_t(std::max(thresholds_.spells, 1))) spells_.pop_front();
    if (spells_.size() == std::size_t(std::max(thresholds_.spells, 1))) look();
}

void LastingDetector::look() {
    std::vector<std::vector<Tile>> spells;
    Spell whole = spells_.front();
    spells.push_back(whole.means());
    for (std::size_t i = 1; i < spells_.size(); ++i) {
        const Spell& next = spells_[i];
        spells.push_back(next.means());
        whole.pairs += next.pairs;
        whole.moments += next.moments;
        for (std::size_t tile = 0; tile < whole.tiles.size(); ++tile) {
            TileSums& sums = whole.tiles[tile];
            const TileSums& more = next.tiles[tile];
            for (std::size_t plane = 0; plane < planes; ++plane) {
                sums.mean[plane] += more.mean[plane];
                sums.apart[plane] += more.apart[plane];
            }
            sums.variance_a += more.variance_a;
            sums.variance_b += more.variance_b;
            sums.variance_apart += more.variance_apart;
        }
    }
    const std::vector<Tile> all = whole.means();
    const core::Seconds until = spells_.back().to;
    looked_for_ += until - std::max(spells_.front().from, std::min(looked_until_, until));
    looked_until_ = until;
    const ColourChange tint = look_for_tint(spells, all);
    look_for_marks(spells, all, tint);
    // Where colours are others, edges differ too and would be taken for a movement.
    if (tint.cause == ColourCause::none) look_for_shift();
}

void LastingDetector::look_for_shift() {
    for (const bool chroma : {false, true}) {
        const double least = chroma ? thresholds_.chroma_shift : thresholds_.shift;
        Movement all;
        LastingDifference difference;
        difference.kind = LastingKind::shift;
        bool each = true;
        for (const Spell& spell : spells_) {
            const Shift shift = solve(chroma ? spell.chroma : spell.luma);
            each = each && spell.moments >= thresholds_.pairs && (!chroma || spell.colour) &&
                   std::hypot(shift.x, shift.y) * block_samples >= least * each_spell;
            all += chroma ? spell.chroma : spell.luma;
        }
        const Shift shift = solve(all);
        difference.right = shift.x * block_samples;
        difference.down = shift.y * block_samples;
        const double length = std::hypot(difference.right, difference.down);
        if (!each || length < least ||
            shift.explained < (chroma ? thresholds_.chroma_shift_explained : thresholds_.shift_explained))
            continue;
        difference.chroma_only = chroma;
        difference.strength = length / least;
        difference.from = spells_.front().from;
        difference.to = spells_.back().to;
        report(difference);
        return;  // chroma moves with the luma
    }
}

ColourChange LastingDetector::look_for_tint(const std::vector<std::vector<Tile>>& spells,
                                            const std::vector<Tile>& all) {
    const bool colour = std::all_of(spells_.begin(), spells_.end(), [](const Spell& s) { return s.colour; });
    ColourChange change = colour_change(all, colour);
    if (change.rms < thresholds_.tint || change.explained < thresholds_.tint_explained)
        change.cause = ColourCause::none;
    bool holds = change.cause != ColourCause::none;
    double squares = 0;
    for (const auto& tile : change.fitted)
        for (const float fitted : tile) squares += double(fitted) * double(fitted);
    for (std::size_t i = 0; i < spells.size() && holds; ++i) {
        double along = 0;
        for (std::size_t tile = 0; tile < all.size(); ++tile)
            for (std::size_t plane = 0; plane < planes; ++plane)
                along += double(spells[i][tile].apart[plane]) * double(change.fitted[tile][plane]);
        holds = along >= each_spell * squares;
    }
    // One that does not hold (a cut within) is no finding, but no mark either.
    if (!holds) return change;
    LastingDifference difference;
    difference.kind = LastingKind::tint;
    difference.cause = change.cause;
    difference.amount = change.amount;
    difference.levels = change.mean;
    difference.strength = change.rms / thresholds_.tint;
    difference.from = spells_.front().from;
    difference.to = spells_.back().to;
    report(difference);
    return change;
}

void LastingDetector::look_for_marks(const std::vector<std::vector<Tile>>& spells,
                                     const std::vector<Tile>& all, const ColourChange& tint) {
    const auto rest = [&](const std::vector<Tile>& tiles, std::size_t tile, std::size_t plane) {
        return double(tiles[tile].apart[plane]) -
               (tint.cause == ColourCause::none ? 0 : double(tint.fitted[tile][plane]));
    };
    std::vector<double> noise(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) noise[i] = rms_apart(all[i]);
    const double usual = median(noise);
    // Where a tint takes levels beyond black and white, they stop there: that is no mark.
    const double clipped = tint.cause == ColourCause::none ? 0 : mark_beyond_tint * tint.rms;
    std::vector<double> strength(all.size(), 0), structure(all.size(), 0);
    for (std::size_t plane = 0; plane < planes; ++plane) {
        std::vector<double> sizes(all.size());
        for (std::size_t i = 0; i < all.size(); ++i) sizes[i] = std::abs(rest(all, i, plane));
        const double least = std::max({plane == 0 ? thresholds_.mark_luma : thresholds_.mark_chroma,
                                       thresholds_.mark_noise * usual, clipped,
                                       thresholds_.mark_spread * 1.4826 * median(sizes)});
        for (std::size_t i = 0; i < all.size(); ++i) {
            const double apart = rest(all, i, plane);
            double steady = std::abs(apart);
            for (const auto& spell : spells)
                steady = std::min(steady, rest(spell, i, plane) * (apart < 0 ? -1 : 1) / each_spell);
            strength[i] = std::max(strength[i], steady / least);
        }
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        double steady = rms_apart(all[i]), unlikeness = unlike(all[i]);
        for (const auto& spell : spells) {
            steady = std::min(steady, rms_apart(spell[i]) / each_spell);
            unlikeness = std::min(unlikeness, unlike(spell[i]) / each_spell);
        }
        structure[i] = std::min(steady / std::max(thresholds_.structure, thresholds_.mark_noise * 2 * usual),
                                unlikeness / thresholds_.structure_share);
    }
    std::vector<double> either(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) either[i] = std::max(strength[i], structure[i]);
    const int across = spells_.front().across, down = spells_.front().down;
    for (const MarkedArea& area : marked_areas(either, across, belongs)) {
        LastingDifference difference;
        difference.area = {double(area.left) / across, double(area.top) / down, double(area.right) / across,
                           double(area.bottom) / down, double(area.tiles.size()) / double(all.size())};
        const std::size_t strongest = area.tiles.front();
        difference.strength = either[strongest];
        for (std::size_t plane = 0; plane < planes; ++plane)
            difference.levels[plane] = rest(all, strongest, plane);
        double mean = 0;
        for (const double level : difference.levels) mean = std::max(mean, std::abs(level));
        difference.structure = structure[strongest] >= 1 && rms_apart(all[strongest]) > mean;
        difference.from = spells_.front().from;
        difference.to = spells_.back().to;
        report(difference);
    }
}

void LastingDetector::report(LastingDifference fresh) {
    const core::Seconds pause = fresh.kind == LastingKind::mark ? mark_pause : tint_pause;
    for (auto at = found_.rbegin(); at != found_.rend(); ++at) {
        LastingDifference& known = *at;
        if (known.kind != fresh.kind || fresh.from > known.to + pause || fresh.to < known.from - pause ||
            known.chroma_only != fresh.chroma_only)
            continue;
        if (fresh.kind == LastingKind::mark && !touch(known.area, fresh.area)) continue;
        const core::Seconds from = std::min(known.from, fresh.from), to = std::max(known.to, fresh.to);
        const double share = std::max(known.area.share, fresh.area.share);
        const Area all{std::min(known.area.left, fresh.area.left), std::min(known.area.top, fresh.area.top),
                       std::max(known.area.right, fresh.area.right),
                       std::max(known.area.bottom, fresh.area.bottom), share};
        if (fresh.strength > known.strength) known = fresh;
        known.from = from;
        known.to = to;
        known.area = all;
        return;
    }
    if (found_.size() < most_found) found_.push_back(fresh);
}

}  // namespace qd::compare
