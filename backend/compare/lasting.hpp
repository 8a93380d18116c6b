#pragma once
// Small differences that last: a mark in a part of the picture, another colour, a picture that has been
// moved. One pair does not tell them from the noise of two encoders; over half a second and more, noise
// averages out and these stay. Pure; not thread-safe.

#include <array>
#include <deque>
#include <vector>

#include "compare/colour_change.hpp"
#include "compare/tile_means.hpp"
#include "core/clock.hpp"

namespace qd::compare {

struct LastingThresholds {
    /// What lasts is beyond its threshold in each of `spells` spells in a row.
    core::Seconds spell{0.25};
    int spells = 3;
    int pairs = 4;          // a spell has at least so many
    core::Seconds hole{2};  // no pair for longer: what lasted ends
    /// A tile's mean beyond this is a mark; chroma is coded more coarsely. In levels.
    double mark_luma = 5, mark_chroma = 5;
    /// Where encoders leave more noise, tiles are off by more: these many times the median over all tiles of
    /// the blocks' rms difference, and of the tiles' own differences.
    double mark_noise = 1.5, mark_spread = 6;
    /// A part shows something else although its mean is equal: blocks within a tile are off by this rms, in
    /// levels, and by this share of what structure there is.
    double structure = 8, structure_share = 0.5;
    /// What one change of colour explains: its rms over the picture in levels, and its share of the tiles'
    /// differences. An encoder that starves moves levels too, but not all of them by one rule.
    double tint = 0.4, tint_explained = 0.55;
    /// In luma samples; half a sample of subsampled chroma is a matter of its siting.
    double shift = 0.6, chroma_shift = 0.9;
    /// The share of the differences between blocks that goes with it: of noise next to nothing does. Chroma
    /// has few edges and is coded coarsely.
    double shift_explained = 0.2, chroma_shift_explained = 0.03;
};

enum class LastingKind { mark, tint, shift };

/// A rectangle in shares of width and height, 0..1, and how much of the picture differs within it.
struct Area {
    double left = 0, top = 0, right = 0, bottom = 0;
    double share = 0;

    bool operator==(const Area&) const = default;
};
/// Positions are those of side a. What there is besides depends on the kind.
struct LastingDifference {
    LastingKind kind = LastingKind::mark;
    core::Seconds from{}, to{};
    Area area;                              // mark
    bool structure = false;                 // mark: another content; its mean may be equal
    std::array<double, planes> levels{};    // mark, tint: Y, Cb, Cr of b less those of a, at its worst
    ColourCause cause = ColourCause::none;  // tint
    double amount = 0;                      // tint: see ColourCause
    double right = 0, down = 0;             // shift: of b, in luma samples
    bool chroma_only = false;               // shift
    double strength = 0;                    // how far beyond the threshold, 1: at it

    bool operator==(const LastingDifference&) const = default;
};

class LastingDetector {
public:
    explicit LastingDetector(LastingThresholds thresholds = {}) : thresholds_(thresholds) {}

    /// The next pair in order of `at`. `same_moment`: both pictures are of the same time; else movement makes
    /// them differ, and only their means count.
    void add(core::Seconds at, core::Seconds duration, const TileMeans& tiles, bool same_moment);
    /// A seek or a hole: what lasted ends.
    void interrupt();

    /// How much has been looked at for long enough: of what is shorter nothing is known.
    core::Seconds looked_for() const { return looked_for_; }

    /// So far, by when they were recognised; at most 200.
    const std::vector<LastingDifference>& found() const { return found_; }

private:
    struct TileSums {
        std::array<double, planes> mean{}, apart{};
        double variance_a = 0, variance_b = 0, variance_apart = 0;
    };
    struct Spell {
        core::Seconds from{}, to{};
        int across = 0, down = 0;
        bool colour = true;
        int pairs = 0, moments = 0;  // moments: pairs of the same
        std::vector<TileSums> tiles;
        Movement luma, chroma;

        std::vector<Tile> means() const;
    };
    void look();
    void look_for_shift();
    ColourChange look_for_tint(const std::vector<std::vector<Tile>>& spells, const std::vector<Tile>& all);
    void look_for_marks(const std::vector<std::vector<Tile>>& spells, const std::vector<Tile>& all,
                        const ColourChange& tint);
    void report(LastingDifference difference);

    LastingThresholds thresholds_;
    std::deque<Spell> spells_;
    std::vector<LastingDifference> found_;
    core::Seconds looked_for_{};
    core::Seconds looked_until_{-1e18};
};

}  // namespace qd::compare
