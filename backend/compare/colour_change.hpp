#pragma once
// What turns the colours of one picture into those of another everywhere: another brightness, contrast or
// saturation, or the traces of a mistake in the range or the matrix of YCbCr. Pure; thread-safe.

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "compare/tile_means.hpp"

namespace qd::compare {

enum class ColourCause {
    none,
    brightness,      // amount: levels of Y
    contrast,        // amount: factor of Y about its mean, which may have moved as well
    saturation,      // amount: factor of Cb and Cr
    range_expanded,  // limited range taken for full, 16..235 became 0..255
    range_squeezed,  // the other way round
    matrix_601_709,  // BT.601 on side a became BT.709 on side b
    matrix_709_601,
    other,  // none of these
};
std::string_view to_string(ColourCause cause);

struct ColourChange {
    ColourCause cause = ColourCause::none;
    double amount = 0;
    std::array<double, planes> mean{};  // of what fits, over the picture, in levels
    double rms = 0;                     // of what fits, all planes together, in levels
    double explained = 0;               // share of the tiles' difference (squared) that it is, 0..1
    std::vector<std::array<float, planes>> fitted;  // by tile, b less a
};

/// The affine change of colour, the same for all tiles, that fits them best; a few tiles that are far from
/// it (a mark) are left out. `cause` is none only without tiles.
ColourChange colour_change(const std::vector<Tile>& tiles, bool colour);

/// YCbCr as another matrix has it (limited range), for means of Y, Cb and Cr in levels.
std::array<double, planes> converted(const std::array<double, planes>& levels, ColourMatrix from,
                                     ColourMatrix to);

/// Brings what is of b to a's matrix: equal colours are equal then. Nothing is done without chroma, or where
/// a matrix is unknown.
void convert_b(TileMeans& tiles, ColourMatrix a, ColourMatrix b);

}  // namespace qd::compare
