#pragma once
// A plane of samples brought down to the means of small blocks: an encoder's noise is less there, what a
// picture shows is not, and there is a sixteenth to look at. Pure; thread-safe.

#include <cstdint>
#include <vector>

#include "compare/luma.hpp"

namespace qd::compare {

struct BlockMeans {
    int across = 0, down = 0;
    std::vector<std::uint16_t> quarters;  // row by row, in quarters of a level: 0..1020

    bool empty() const { return quarters.empty(); }
};

/// The luma in blocks of 4 x 4. What is left over at the right and at the bottom does not count; empty for a
/// picture smaller than one block.
BlockMeans luma_blocks(const LumaView& luma);

/// Chroma in as many blocks as its picture's luma has, smaller ones where it is subsampled. Empty for a plane
/// without data or with fewer samples than blocks.
BlockMeans chroma_blocks(const LumaView& chroma, int across, int down);

}  // namespace qd::compare
