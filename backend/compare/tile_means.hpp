#pragma once
// What one pair of pictures says about where they differ: the means of some hundred tiles and how they are
// apart, and how far one picture would have to be moved to lie on the other. Summed up over pairs, noise
// averages out and what lasts remains: see lasting.hpp. Pure; thread-safe.

#include <array>
#include <vector>

#include "compare/block_means.hpp"

namespace qd::compare {

/// Y, Cb, Cr.
inline constexpr std::size_t planes = 3;

/// Sums over blocks for the least squares of b(x, y) = a(x - dx, y - dy), by the gradient of both pictures'
/// mean (Lucas and Kanade, "An iterative image registration technique", 1981).
struct Movement {
    double xx = 0, xy = 0, yy = 0;  // of the gradients
    double xt = 0, yt = 0;          // of gradient and difference
    double t = 0, tt = 0;           // of the differences
    double blocks = 0;

    Movement& operator+=(const Movement& more);
};

struct Shift {
    double x = 0, y = 0;   // of b to the right and down, in blocks
    double explained = 0;  // share of the differences that goes with it, 0..1
};
/// Zero where the picture has no edges to tell by.
Shift solve(const Movement& movement);

struct Tile {
    std::array<float, planes> mean{};   // of a, in levels
    std::array<float, planes> apart{};  // mean of b less that of a
    // Of luma blocks within the tile, about its mean, in levels squared: the variances of a and b, and that
    // of their difference.
    float variance_a = 0, variance_b = 0, variance_apart = 0;
};

struct TileMeans {
    int across = 0, down = 0;
    bool colour = false;  // both pictures have chroma; without it the chroma planes are zero
    std::vector<Tile> tiles;
    Movement luma, chroma;  // chroma: of both its planes

    bool empty() const { return tiles.empty(); }
    /// The greatest Euclidean distance of a tile's Y, Cb and Cr, in levels, 0..442.
    double farthest() const;
};

/// The sizes must be equal; empty where they are not, or a picture is smaller than a block. Tiles are at most
/// 32 x 18, and of at least 6 blocks each way unless the picture is smaller than that.
TileMeans tile_means(const Luma& a, const Luma& b);

/// Both at the smaller width and height, chroma alike; the very same where their sizes are equal.
struct EqualSizes {
    Luma a, b;
};
EqualSizes equal_sizes(const Luma& a, const Luma& b);

/// The farthest tile of two pictures of any size: whether a part has another colour, which a mean over the
/// whole picture's luma does not tell. 0 for empty pictures.
double patch_difference(const Luma& a, const Luma& b);

}  // namespace qd::compare
